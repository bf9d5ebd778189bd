//! A rule's test: one item, some parameters, the expected answer and its words.

use std::{
    collections::{BTreeMap, BTreeSet},
    marker::PhantomData,
};

use serde_json::value::RawValue;

use crate::{
    engine::Evaluate as _,
    error::Error,
    facts::{FactRequest, Facts},
    finding::Compliance,
    item::RawItem,
    parameters::RawParameters,
    rule::{self, ConfiguredRule, Rule},
};

pub(crate) struct Case<R> {
    item: RawItem,
    parameters: BTreeMap<String, String>,
    facts: Facts,
    rule: PhantomData<R>,
}

impl<R: Rule> Case<R> {
    /// A live item in us-east-1 of account 111122223333, with this configuration.
    pub(crate) fn new(resource_type: &str, configuration: &str) -> Self {
        let item = format!(
            r#"{{"resourceType":"{resource_type}","resourceId":"id","configurationItemStatus":"OK",
                "awsAccountId":"111122223333","awsRegion":"us-east-1",
                "configurationItemCaptureTime":"2026-03-01T10:00:00.000Z","configuration":{configuration}}}"#
        );
        let item = RawItem::from_json(&item).unwrap();
        Self { item, parameters: BTreeMap::new(), facts: Facts::default(), rule: PhantomData }
    }

    /// The same item, without its Region.
    pub(crate) fn nowhere(mut self) -> Self {
        self.item.aws_region = None;
        self
    }

    pub(crate) fn arn(mut self, arn: &str) -> Self {
        self.item.arn = Some(arn.to_owned());
        self
    }

    /// The same item, with this as `supplementaryConfiguration`.
    pub(crate) fn supplemented(mut self, supplement: &str) -> Self {
        self.item.supplementary_configuration = RawValue::from_string(supplement.to_owned()).ok();
        self
    }

    pub(crate) fn tagged(mut self, tags: &[(&str, &str)]) -> Self {
        self.item.tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self
    }

    pub(crate) fn with(mut self, parameter: &str, value: &str) -> Self {
        self.parameters.insert(parameter.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn with_all(mut self, parameters: &serde_json::Value) -> Self {
        self.parameters.extend(serde_json::from_value::<BTreeMap<_, _>>(parameters.clone()).unwrap());
        self
    }

    /// What the rule asks to know beyond the facts that it is given.
    pub(crate) fn requests(self) -> BTreeSet<FactRequest> {
        let mut facts = self.facts.clone();
        facts.set_open(true);
        // What it asks for is what counts.
        let _ = self.case().unwrap().evaluate(&facts);
        facts.take_wanted()
    }

    /// What is known, in the form of a file of facts.
    pub(crate) fn knowing(mut self, facts: &str) -> Self {
        self.facts = Facts::from_json(facts).unwrap();
        self
    }

    #[track_caller]
    pub(crate) fn is(self, compliance_type: &str, annotation: &str) {
        let compliance = self.compliance();
        assert_eq!(
            (compliance.compliance_type(), compliance.annotation().as_str()),
            (compliance_type, annotation)
        );
    }

    #[track_caller]
    pub(crate) fn has_type(self, compliance_type: &str) {
        let compliance = self.compliance();
        assert_eq!(compliance.compliance_type(), compliance_type, "{}", compliance.annotation());
    }

    #[track_caller]
    pub(crate) fn compliance(self) -> Compliance {
        self.evaluated().unwrap()
    }

    pub(crate) fn evaluated(self) -> Result<Compliance, Error> {
        let facts = self.facts.clone();
        self.case()?.evaluate(&facts).map(|evaluation| evaluation.compliance)
    }

    fn case(self) -> Result<rule::Case<R>, Error> {
        let parameters = serde_json::to_string(&self.parameters).unwrap();
        let rule = ConfiguredRule::new(&RawParameters::from_json(&parameters).unwrap(), &self.facts)?;
        Ok(rule.case(self.item, false))
    }
}

/// The message for parameters that the rule refuses.
#[track_caller]
pub(crate) fn parameter_error<R: Rule>(json: &str) -> String {
    let raw = RawParameters::from_json(json).unwrap();
    ConfiguredRule::<R>::new(&raw, &Facts::default()).err().expect("these parameters are wrong").to_string()
}
