//! What instances are launched from: the image and the key pair of an instance itself, of a launch template, of a launch
//! configuration, and of an Auto Scaling group. Rules evaluate them before anything is launched.

use crate::{
    ec2::{
        AutoScalingGroup, Instance, LaunchConfiguration, LaunchTemplate, LaunchTemplateData,
        LaunchTemplateOverride, LaunchTemplateSpecification, instance_states,
    },
    facts::{Fact, Facts, LAUNCH_TEMPLATE_ACTIONS},
    finding::Verdict,
    item::{Configuration, ConfigurationItem},
    parameters::{Parameter, ParameterError, RawParameters, keywords, listed},
};

/// An instance, or a resource that instances are launched from.
#[derive(Debug)]
pub enum LaunchSource {
    /// `AWS::EC2::Instance`.
    Instance(Box<Instance>),
    /// `AWS::EC2::LaunchTemplate`.
    LaunchTemplate(LaunchTemplate),
    /// `AWS::AutoScaling::LaunchConfiguration`.
    LaunchConfiguration(LaunchConfiguration),
    /// `AWS::AutoScaling::AutoScalingGroup`.
    AutoScalingGroup(AutoScalingGroup),
}

const LAUNCH_TEMPLATE: &str = "AWS::EC2::LaunchTemplate";
const LAUNCH_CONFIGURATION: &str = "AWS::AutoScaling::LaunchConfiguration";
const AUTO_SCALING_GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";

/// Their types.
pub(crate) const RESOURCE_TYPES: &[&str] =
    &["AWS::EC2::Instance", LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, AUTO_SCALING_GROUP];

/// The calls that tell what a configuration item does not hold.
pub(crate) const FACT_ACTIONS: &[&str] = LAUNCH_TEMPLATE_ACTIONS;

/// The calls that list all of them.
pub(crate) const INVENTORY_ACTIONS: &[&str] =
    &["config:SelectResourceConfig", instance_states::INVENTORY_ACTIONS[0]];

impl Configuration for LaunchSource {
    fn read(resource_type: &str, json: &str) -> serde_json::Result<Self> {
        Ok(match resource_type {
            LAUNCH_TEMPLATE => Self::LaunchTemplate(serde_json::from_str(json)?),
            LAUNCH_CONFIGURATION => Self::LaunchConfiguration(serde_json::from_str(json)?),
            AUTO_SCALING_GROUP => Self::AutoScalingGroup(serde_json::from_str(json)?),
            _ => Self::Instance(serde_json::from_str(json)?),
        })
    }
}

/// The parameter `templateVersions`: which versions of a launch template are evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TemplateVersions {
    #[default]
    DefaultAndLatest,
    All,
}

keywords!(TemplateVersions, "`defaultAndLatest` or `all`", "defaultAndLatest" => Self::DefaultAndLatest, "all" => Self::All);

impl TemplateVersions {
    pub(crate) const PARAMETER: Parameter = Parameter::one::<Self>(
        "templateVersions",
        Some("defaultAndLatest"),
        "Which versions of a launch template are evaluated. What an Auto Scaling group names is evaluated with the group.",
    );

    pub(crate) fn read(parameters: &RawParameters) -> Result<Self, ParameterError> {
        Ok(parameters.one(Self::PARAMETER.name)?.unwrap_or_default())
    }
}

/// What a rule asks of a launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Image,
    KeyPair,
}

impl Asked {
    /// The image's id or the key pair's name; `None` where it is missing or blank.
    fn of<'a>(self, image: Option<&'a String>, key_pair: Option<&'a String>) -> Option<&'a str> {
        let text = match self {
            Self::Image => image,
            Self::KeyPair => key_pair,
        };
        text.map(String::as_str).filter(|text| !text.trim().is_empty())
    }
}

/// What would be launched, or was.
#[derive(Debug)]
pub(crate) struct Launch<'a> {
    /// The image's id or alias, or the key pair's name.
    pub(crate) name: Option<&'a str>,
    /// Where the resource says so: `version 3 (default)`. None where it says so itself.
    places: Vec<String>,
    /// The version of a launch template that says so: `lt-…:3`.
    version: Option<String>,
}

impl Launch<'_> {
    /// ` in version 3 (default)`, or nothing.
    pub(crate) fn place(&self) -> String {
        if self.places.is_empty() { String::new() } else { format!(" in {}", self.subject()) }
    }

    /// `version 3 (default)`.
    pub(crate) fn subject(&self) -> String {
        listed(&self.places)
    }

    /// The id of the image that `name` is an alias of.
    pub(crate) fn resolve<'a>(&self, facts: &'a Facts) -> Fact<&'a str> {
        let (Some(alias), Some(version)) = (self.name, &self.version) else {
            return Fact::Unavailable("it does not stand in a launch template".to_owned());
        };
        match facts.image_alias(alias, version) {
            Fact::Known(image) => Fact::Known(&image.0),
            Fact::Absent => Fact::Absent,
            Fact::Unavailable(why) => Fact::Unavailable(why),
        }
    }
}

/// What is known of one launch.
enum Launched<'a> {
    Known(Launch<'a>),
    /// There is none, and why.
    None(String),
    Unknown(String),
}

/// Evaluates everything that a resource launches.
pub(crate) fn evaluate<'a>(
    item: &'a ConfigurationItem<LaunchSource>,
    versions: TemplateVersions,
    facts: &'a Facts,
    asked: Asked,
    mut evaluate: impl FnMut(&Launch<'a>) -> Verdict,
) -> Verdict {
    let reader = Reader { facts, asked };
    let launched = match &item.configuration {
        LaunchSource::Instance(own) => vec![reader.itself(own.image_id.as_ref(), own.key_name.as_ref())],
        LaunchSource::LaunchConfiguration(own) => {
            vec![reader.itself(own.image_id.as_ref(), own.key_name.as_ref())]
        }
        LaunchSource::LaunchTemplate(template) => match versions {
            TemplateVersions::DefaultAndLatest => reader.default_and_latest(&item.resource_id, template),
            TemplateVersions::All => reader.all(&item.resource_id, template),
        },
        LaunchSource::AutoScalingGroup(group) => reader.group(group),
    };
    Verdict::all(merged(launched).into_iter().map(|launched| match launched {
        Launched::Known(launch) => evaluate(&launch),
        Launched::None(why) => Verdict::not_applicable(why),
        Launched::Unknown(why) => Verdict::unknown(why),
    }))
}

/// Launches that say the same are one, in several places.
fn merged(launched: Vec<Launched>) -> Vec<Launched> {
    let mut merged: Vec<Launched> = Vec::new();
    for launched in launched {
        let same = merged.iter_mut().find_map(|earlier| match (earlier, &launched) {
            (Launched::Known(earlier), Launched::Known(later)) if earlier.name == later.name => Some(earlier),
            _ => None,
        });
        match (same, launched) {
            (Some(same), Launched::Known(launch)) => same.places.extend(launch.places),
            (_, launched) => merged.push(launched),
        }
    }
    merged
}

struct Reader<'a> {
    facts: &'a Facts,
    asked: Asked,
}

impl<'a> Reader<'a> {
    fn itself(&self, image: Option<&'a String>, key_pair: Option<&'a String>) -> Launched<'a> {
        Launched::Known(Launch { name: self.asked.of(image, key_pair), places: Vec::new(), version: None })
    }

    fn version(&self, data: &'a LaunchTemplateData, place: String, version: String) -> Launched<'a> {
        let name = self.asked.of(data.image_id.as_ref(), data.key_name.as_ref());
        Launched::Known(Launch { name, places: vec![place], version: Some(version) })
    }

    /// The item holds one version, and does not say which. Where there is one only, that is enough.
    fn default_and_latest(&self, id: &str, template: &'a LaunchTemplate) -> Vec<Launched<'a>> {
        let or = |number: Option<i64>, alias: &str| number.map_or(alias.to_owned(), |own| own.to_string());
        let default = or(template.default_version_number, "$Default");
        let latest = or(template.latest_version_number, "$Latest");
        match &template.launch_template_data {
            Some(data) if default == latest => {
                vec![self.version(data, format!("version {default}"), format!("{id}:{default}"))]
            }
            None if default == latest => self.look_up(id, &default, |number| format!("version {number}")),
            recorded => {
                let mut launched = self.look_up(id, &default, |number| format!("version {number} (default)"));
                launched.extend(self.look_up(id, &latest, |number| format!("version {number} (latest)")));
                self.or_recorded(launched, recorded.as_ref(), format!("{id}:{latest}"))
            }
        }
    }

    /// Where one of two versions is not known, the recorded one may be wrong all the same.
    fn or_recorded(
        &self,
        launched: Vec<Launched<'a>>,
        recorded: Option<&'a LaunchTemplateData>,
        version: String,
    ) -> Vec<Launched<'a>> {
        let is_unknown = launched.iter().any(|launched| matches!(launched, Launched::Unknown(_)));
        let recorded = recorded.filter(|_| is_unknown);
        let recorded = recorded.map(|data| self.version(data, "the recorded version".to_owned(), version));
        recorded.into_iter().chain(launched).collect()
    }

    fn all(&self, id: &str, template: &'a LaunchTemplate) -> Vec<Launched<'a>> {
        let is =
            |number: u64, other: Option<i64>| other.is_some_and(|other| u64::try_from(other) == Ok(number));
        self.look_up(id, "all", |number| {
            let default = is(number, template.default_version_number).then_some("default");
            let latest = is(number, template.latest_version_number).then_some("latest");
            let marks: Vec<_> = default.into_iter().chain(latest).collect();
            let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
            format!("version {number}{marks}")
        })
    }

    /// The versions of a template that go by a number or an alias.
    fn look_up(&self, template: &str, name: &str, place: impl Fn(u64) -> String) -> Vec<Launched<'a>> {
        let what = if name == "all" { "any version".to_owned() } else { format!("version {name}") };
        match self.facts.launch_template_versions(&format!("{template}:{name}")) {
            Fact::Known(versions) => {
                let versions = versions.0.iter();
                versions
                    .map(|(number, data)| self.version(data, place(*number), format!("{template}:{number}")))
                    .collect()
            }
            Fact::Absent => {
                vec![Launched::None(format!("{what} of launch template {template} does not exist"))]
            }
            Fact::Unavailable(why) => {
                vec![Launched::Unknown(format!(
                    "nothing is known about {what} of launch template {template}: {why}"
                ))]
            }
        }
    }

    fn group(&self, group: &'a AutoScalingGroup) -> Vec<Launched<'a>> {
        let mixed = group.mixed_instances_policy.as_ref().and_then(|policy| policy.launch_template.as_ref());
        let overrides = mixed.map(|mixed| mixed.overrides.as_slice()).unwrap_or_default();
        let own = mixed.and_then(|mixed| mixed.launch_template_specification.as_ref());
        let is_used = overrides.is_empty() || overrides.iter().any(|other| !self.is_replaced(other));
        let own = own.or(group.launch_template.as_ref()).filter(|_| is_used);
        let launched = own.into_iter().flat_map(|own| self.specification(own, ""));
        let others = overrides.iter().enumerate().flat_map(|(index, other)| self.replacement(index, other));
        let launched: Vec<_> = launched.chain(others).collect();
        if launched.is_empty() { vec![without_template(group)] } else { launched }
    }

    /// Whether a type of instances is launched from something else than the template of all.
    fn is_replaced(&self, other: &LaunchTemplateOverride) -> bool {
        let has_image = self.asked == Asked::Image && other.image_id.is_some();
        has_image || other.launch_template_specification.is_some()
    }

    fn replacement(&self, index: usize, other: &'a LaunchTemplateOverride) -> Vec<Launched<'a>> {
        let kind = other.instance_type.as_ref().map_or(String::new(), |name| format!(" ({name})"));
        let place = format!("override {}{kind}", index + 1);
        match (&other.image_id, &other.launch_template_specification) {
            (Some(image), _) if self.asked == Asked::Image => {
                vec![Launched::Known(Launch { name: Some(image), places: vec![place], version: None })]
            }
            (_, Some(own)) => self.specification(own, &format!("{place} with ")),
            (_, None) => Vec::new(),
        }
    }

    fn specification(&self, own: &'a LaunchTemplateSpecification, before: &str) -> Vec<Launched<'a>> {
        let version = own.version.as_deref().filter(|version| !version.is_empty()).unwrap_or("$Default");
        match own.launch_template_id.as_ref().or(own.launch_template_name.as_ref()) {
            Some(template) => self.look_up(template, version, |_| {
                format!("{before}launch template {template} version {version}")
            }),
            None => vec![Launched::Unknown(
                "the configuration item does not name the group's launch template".to_owned(),
            )],
        }
    }
}

/// A launch configuration has no versions, and is evaluated as the resource that it is.
fn without_template<'a>(group: &AutoScalingGroup) -> Launched<'a> {
    match group.launch_configuration_name.as_ref().filter(|name| !name.is_empty()) {
        Some(name) => Launched::None(format!(
            "the group launches from launch configuration {name}, which is evaluated itself"
        )),
        None => {
            Launched::Unknown("the configuration item does not name what the group launches from".to_owned())
        }
    }
}
