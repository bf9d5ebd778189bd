//! Versions of launch templates, and the images that their aliases lead to: `DescribeLaunchTemplateVersions`.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{Client, types::LaunchTemplateVersion};
use config_rules::{
    ec2::LaunchTemplateData,
    facts::{ImageAlias, LaunchTemplateVersions, Secret, TemplateUserData},
};

use crate::{call::ask, key_pair_use::PAGE};
use config_rules_aws::{Answer, Failure};

const ACTION: &str = "DescribeLaunchTemplateVersions";

/// Which version of a launch template has an alias, `resolve:ssm:…`: one of those that do.
pub(crate) type Aliases = BTreeMap<String, String>;

/// Looks up versions by these names: `lt-…:3`, `lt-…:$Latest`, `lt-…:all`.
pub(crate) async fn look_up(
    client: &Client,
    names: &BTreeSet<String>,
) -> BTreeMap<String, Answer<LaunchTemplateVersions>> {
    look_up_as(client, names, |versions| {
        LaunchTemplateVersions(
            versions.iter().filter_map(|version| Some((number(version)?, data(version)))).collect(),
        )
    })
    .await
}

/// Looks up the user data of versions, by these names: `lt-…/3`, `lt-…/$Latest`, `lt-…/all`. It is a secret, and kept by nobody.
pub(crate) async fn user_data(
    client: &Client,
    names: &BTreeSet<String>,
) -> BTreeMap<String, Answer<TemplateUserData>> {
    let user_data = |version: &LaunchTemplateVersion| {
        let data = version.launch_template_data().and_then(|data| data.user_data.clone());
        Secret::new(data.unwrap_or_default())
    };
    look_up_as(client, names, |versions| {
        TemplateUserData(
            versions.iter().filter_map(|version| Some((number(version)?, user_data(version)))).collect(),
        )
    })
    .await
}

async fn look_up_as<T: Clone>(
    client: &Client,
    names: &BTreeSet<String>,
    read: impl Fn(&[LaunchTemplateVersion]) -> T,
) -> BTreeMap<String, Answer<T>> {
    let mut found = ask(ACTION, 1, names, async |names| {
        let mut found = Vec::new();
        for name in names {
            let versions = describe(client, &name, false).await?;
            found.push((name, read(&versions)));
        }
        Ok(found)
    })
    .await;
    let answer = |name: &String| {
        let place = found.items.iter().position(|(found, _)| found == name);
        let versions = place.map(|place| found.items.swap_remove(place).1);
        (name.clone(), Answer::new(versions, found.failed.get(name)))
    };
    names.iter().map(answer).collect()
}

/// Looks up the images that aliases lead to. EC2 reads Parameter Store for whoever asks, who must be allowed to.
pub(crate) async fn resolve(client: &Client, aliases: &Aliases) -> BTreeMap<String, Answer<ImageAlias>> {
    let versions = aliases.values().cloned().collect();
    let found = ask(ACTION, 1, &versions, async |versions| {
        let mut found = Vec::new();
        for version in versions {
            let versions = describe(client, &version, true).await?;
            found.extend(versions.iter().filter_map(|found| Some((version.clone(), data(found).image_id?))));
        }
        Ok(found)
    })
    .await;
    let answer = |(alias, version): (&String, &String)| {
        let image = found.items.iter().find(|(of, image)| of == version && image.starts_with("ami-"));
        let image = image.map(|(_, image)| ImageAlias(image.clone()));
        (alias.clone(), Answer::new(image, found.failed.get(version)))
    };
    aliases.iter().map(answer).collect()
}

/// Those of a service of AWS that runs instances in the account are there, too, even where it hides them.
async fn describe(client: &Client, name: &str, resolve: bool) -> Result<Vec<LaunchTemplateVersion>, Failure> {
    let (template, version) = name.rsplit_once([':', '/']).unwrap_or((name, "$Default"));
    let call = client.describe_launch_template_versions().include_managed_resources(true);
    let call = if resolve { call.resolve_alias(true) } else { call };
    let call =
        if is_id(template) { call.launch_template_id(template) } else { call.launch_template_name(template) };
    Ok(if version == "all" {
        call.into_paginator().page_size(PAGE).items().send().try_collect().await?
    } else {
        call.versions(version).send().await?.launch_template_versions.unwrap_or_default()
    })
}

/// `lt-` and 8 or 17 hexadecimal digits; a name may begin alike.
fn is_id(template: &str) -> bool {
    template.strip_prefix("lt-").is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn number(version: &LaunchTemplateVersion) -> Option<u64> {
    u64::try_from(version.version_number()?).ok()
}

fn data(version: &LaunchTemplateVersion) -> LaunchTemplateData {
    let data = version.launch_template_data();
    LaunchTemplateData {
        image_id: data.and_then(|data| data.image_id.clone()),
        key_name: data.and_then(|data| data.key_name.clone()),
    }
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{Fact, FactRequest, FactSource};

    use super::*;
    use crate::fake_ec2::{Call, FakeEc2, Reply, items, refused};

    const TEMPLATE: &str = "lt-0123456789abcdef0";
    const ALIAS: &str = "resolve:ssm:/golden/web";

    fn named(version: &str) -> String {
        format!("{TEMPLATE}:{version}")
    }

    fn versions(names: &[&str]) -> BTreeSet<FactRequest> {
        names.iter().map(|name| FactRequest::LaunchTemplateVersions(named(name))).collect()
    }

    fn version(number: u64, image: &str) -> String {
        format!(
            "<item><launchTemplateId>{TEMPLATE}</launchTemplateId><versionNumber>{number}</versionNumber>
             <launchTemplateData><imageId>{image}</imageId><keyName>ops</keyName></launchTemplateData></item>"
        )
    }

    fn data(image: &str) -> LaunchTemplateData {
        LaunchTemplateData { image_id: Some(image.to_owned()), key_name: Some("ops".to_owned()) }
    }

    fn answer(xml: &str) -> Reply {
        items("launchTemplateVersionSet", xml)
    }

    /// `3` is the latest version, and there is no `9`.
    fn ec2(call: &Call) -> Reply {
        assert_eq!(call.value("LaunchTemplateId"), Some(TEMPLATE));
        match call.values("LaunchTemplateVersion").as_slice() {
            ["1"] => answer(&version(1, "ami-1")),
            ["3" | "%24Latest"] => answer(&version(3, "ami-3")),
            [] => answer(&(version(1, "ami-1") + &version(3, "ami-3"))),
            _ => refused("InvalidLaunchTemplateId.VersionNotFound"),
        }
    }

    #[tokio::test]
    async fn knows_versions_by_number_and_alias_and_all() {
        let fake = FakeEc2::start(ec2).await;
        let facts = fake.ec2.look_up(&versions(&["1", "$Latest", "all", "9"])).await;
        for (name, expected) in [
            ("1", BTreeMap::from([(1, data("ami-1"))])),
            ("$Latest", BTreeMap::from([(3, data("ami-3"))])),
            ("all", BTreeMap::from([(1, data("ami-1")), (3, data("ami-3"))])),
        ] {
            let expected = LaunchTemplateVersions(expected);
            assert_eq!(facts.launch_template_versions(&named(name)), Fact::Known(&expected), "{name}");
        }
        assert_eq!(facts.launch_template_versions(&named("9")), Fact::Absent);
        let calls = fake.calls();
        fake.ec2.look_up(&versions(&["1", "$Latest", "all", "9"])).await;
        assert_eq!(fake.calls(), calls, "all of them are kept");
    }

    #[tokio::test]
    async fn a_template_may_be_named_by_its_name() {
        for name in ["web", "lt-web", "lt-01234567x"] {
            let fake = FakeEc2::start(move |call| {
                assert_eq!(call.value("LaunchTemplateName"), Some(name));
                answer(&version(3, "ami-3"))
            })
            .await;
            let name = format!("{name}:$Default");
            let facts = fake.ec2.look_up(&[FactRequest::LaunchTemplateVersions(name.clone())].into()).await;
            assert!(matches!(facts.launch_template_versions(&name), Fact::Known(_)));
        }
    }

    #[tokio::test]
    async fn all_pages_of_all_versions_are_read() {
        let fake = FakeEc2::start(|call| match call.value("NextToken") {
            None => answer(&version(1, "ami-1")).map(|xml| xml + "<nextToken>2</nextToken>"),
            Some(_) => answer(&version(2, "ami-2")),
        })
        .await;
        let facts = fake.ec2.look_up(&versions(&["all"])).await;
        assert!(
            matches!(facts.launch_template_versions(&named("all")), Fact::Known(versions) if versions.0.len() == 2)
        );
    }

    #[tokio::test]
    async fn user_data_is_asked_for_each_time() {
        let with = "<userData>IyEvYmluL3No</userData></launchTemplateData>";
        let fake = FakeEc2::start(move |call| match call.values("LaunchTemplateVersion").as_slice() {
            ["3"] => answer(&version(3, "ami-3").replace("</launchTemplateData>", with)),
            [] => answer(&version(1, "ami-1")),
            _ => refused("InvalidLaunchTemplateId.VersionNotFound"),
        })
        .await;
        let named = |version: &str| format!("{TEMPLATE}/{version}");
        let requests = ["3", "all", "9"].map(|name| FactRequest::TemplateUserData(named(name))).into();
        for look_ups in 1..=2 {
            let facts = fake.ec2.look_up(&requests).await;
            assert!(
                matches!(facts.template_user_data(&named("3")), Fact::Known(found) if found.0[&3].expose() == "IyEvYmluL3No")
            );
            assert!(
                matches!(facts.template_user_data(&named("all")), Fact::Known(found) if found.0[&1].expose().is_empty())
            );
            assert!(matches!(facts.template_user_data(&named("9")), Fact::Absent));
            assert_eq!(fake.calls(), 3 * look_ups);
        }
    }

    #[tokio::test]
    async fn a_denied_call_leaves_nothing_known_and_is_made_again() {
        let fake = FakeEc2::start(|_| refused("UnauthorizedOperation")).await;
        for look_ups in 1..=2 {
            let facts = fake.ec2.look_up(&versions(&["1"])).await;
            let why = "ec2:DescribeLaunchTemplateVersions: UnauthorizedOperation".to_owned();
            assert_eq!(facts.launch_template_versions(&named("1")), Fact::Unavailable(why));
            assert_eq!(fake.calls(), look_ups);
        }
    }

    async fn resolved(reply: Reply) -> (Fact<String>, usize) {
        let fake = FakeEc2::start(move |call| {
            assert_eq!(call.value("ResolveAlias"), Some("true"));
            reply.clone()
        })
        .await;
        // Two versions with the same alias are one question.
        let requests = ["1", "3"]
            .map(|number| FactRequest::ImageAlias { alias: ALIAS.to_owned(), version: named(number) })
            .into();
        let facts = fake.ec2.look_up(&requests).await;
        let fact = match facts.image_alias(ALIAS, &named("1")) {
            Fact::Known(image) => Fact::Known(image.0.clone()),
            Fact::Absent => Fact::Absent,
            Fact::Unavailable(why) => Fact::Unavailable(why),
        };
        (fact, fake.calls())
    }

    #[tokio::test]
    async fn an_alias_is_resolved_once() {
        assert_eq!(resolved(answer(&version(1, "ami-1"))).await, (Fact::Known("ami-1".to_owned()), 1));
        assert_eq!(resolved(answer(&version(1, ALIAS))).await.0, Fact::Absent);
        let why = "ec2:DescribeLaunchTemplateVersions: UnauthorizedOperation".to_owned();
        assert_eq!(resolved(refused("UnauthorizedOperation")).await.0, Fact::Unavailable(why));
    }
}
