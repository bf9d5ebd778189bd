//! What there is to say of a rule's parameter: to people, and to tools that cannot ask the rule.

use super::{Value, list};

/// One parameter of a rule, as its users see it.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name in `InputParameters`.
    pub name: &'static str,
    /// What its value looks like.
    pub form: &'static str,
    /// What one value looks like to tools: [`Value::PATTERN`].
    pattern: &'static str,
    /// What the items of a list look like, the first and the others: [`Value::FIRST_PATTERN`], [`Value::ITEM_PATTERN`].
    item_patterns: [&'static str; 2],
    /// Whether it takes one value or a list: comma-separated, or a JSON array of strings.
    pub list: bool,
    /// What holds when it is absent; `None` where its absence has no value of its own.
    pub default: Option<&'static str>,
    /// What it decides.
    pub meaning: &'static str,
    /// What a function must be allowed to call to evaluate by it.
    pub actions: &'static [&'static str],
    /// Whether the answer by it can change while the resource does not, so that it takes a schedule to notice.
    pub drifts: bool,
    /// Of the last parameter of a numbered row: the parameters that take more than the row.
    pub(super) more: Option<&'static str>,
}

impl Parameter {
    /// A parameter that takes one value.
    #[must_use]
    pub const fn one<V: Value>(
        name: &'static str,
        default: Option<&'static str>,
        meaning: &'static str,
    ) -> Self {
        Self::new::<V>(name, false, default, meaning)
    }

    /// A parameter that takes a list.
    #[must_use]
    pub const fn list<V: Value>(
        name: &'static str,
        default: Option<&'static str>,
        meaning: &'static str,
    ) -> Self {
        Self::new::<V>(name, true, default, meaning)
    }

    const fn new<V: Value>(
        name: &'static str,
        list: bool,
        default: Option<&'static str>,
        meaning: &'static str,
    ) -> Self {
        Self {
            name,
            form: V::FORM,
            pattern: V::PATTERN,
            item_patterns: [V::FIRST_PATTERN, V::ITEM_PATTERN],
            list,
            default,
            meaning,
            actions: &[],
            drifts: false,
            more: None,
        }
    }

    /// The same parameter, by which nothing can be evaluated without facts that change while the resource does not: these
    /// calls tell them.
    #[must_use]
    pub const fn needs(self, actions: &'static [&'static str]) -> Self {
        self.asks(actions).drifts()
    }

    /// The same parameter, by which nothing can be evaluated without facts that change only with the resource: these calls
    /// tell them.
    #[must_use]
    pub const fn asks(mut self, actions: &'static [&'static str]) -> Self {
        self.actions = actions;
        self
    }

    /// The same parameter, by which the answer can change while the resource does not.
    #[must_use]
    pub const fn drifts(mut self) -> Self {
        self.drifts = true;
        self
    }

    /// The same parameter, the last of a row such as `tag1Key` to `tag6Key`: who types `tag7Key` is told what takes more.
    #[must_use]
    pub const fn last_of_row(mut self, more: &'static str) -> Self {
        self.more = Some(more);
        self
    }

    /// What its whole text looks like to tools that cannot ask the rule: a regular expression that Rust, RE2 and ECMA 262
    /// read alike. It takes every text that the rule takes, and may take more.
    #[must_use]
    pub fn pattern(&self) -> String {
        const STORED: &str = r"ssm:/[A-Za-z0-9_./-]+(?::[A-Za-z0-9_.-]+|@[0-9]{1,4}d)?";
        let spaced = |pattern| format!(r"\s*(?:{pattern}|{STORED})\s*");
        let [first, item] = self.item_patterns.map(spaced);
        let value = if self.list { list::pattern(&first, &item) } else { spaced(self.pattern) };
        format!(r"^(?:{value}|\s*)$")
    }
}
