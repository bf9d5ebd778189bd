//! Regular expressions that people write into parameters.

use regex::{Regex, RegexBuilder};

/// Compiles a regular expression, which is compared with a text as a whole or with any part of it. The engine takes linear
/// time; the size limit bounds its memory.
///
/// # Errors
/// Says what is wrong, and at which character.
pub(crate) fn regular_expression(pattern: &str, is_whole: bool, ignore_case: bool) -> Result<Regex, String> {
    const SIZE_LIMIT: usize = 256 * 1024;
    if pattern.is_empty() {
        return Err("the regular expression is empty".to_owned());
    }
    // For its position: the compiler's own error has none.
    regex_syntax::parse(pattern).map_err(|error| syntax_error(&error))?;
    let (before, after) = if is_whole { ("^(?:", ")$") } else { ("(?:", ")") };
    let mut builder = RegexBuilder::new(&format!("{before}{pattern}{after}"));
    let regex = builder.case_insensitive(ignore_case).size_limit(SIZE_LIMIT).build();
    regex.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
        _ => format!("the regular expression cannot stand between `{before}` and `{after}`"),
    })
}

fn syntax_error(error: &regex_syntax::Error) -> String {
    let (problem, position) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.column),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), error.span().start.column),
        _ => return "the regular expression is not one".to_owned(),
    };
    format!("the regular expression, at character {position}: {problem}")
}
