//! VPC block public access of the account in the Region: `DescribeVpcBlockPublicAccessOptions`,
//! `DescribeVpcBlockPublicAccessExclusions`.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{Client, types};
use config_rules::facts::{VpcBlockPublicAccess, VpcBlockPublicAccessExclusion};
use config_rules_aws::{Answer, Failure};

use crate::call::{Answers, ask};

/// Looks it up, once for all the places that it is asked for: they are names of the one where EC2 is asked. Exclusions are asked
/// for only if there is something to exclude from.
pub(crate) async fn look_up(
    client: &Client,
    places: &BTreeSet<String>,
) -> BTreeMap<String, Answer<VpcBlockPublicAccess>> {
    let Some(first) = places.first().cloned() else { return BTreeMap::new() };
    let first = BTreeSet::from([first]);
    let options =
        ask("DescribeVpcBlockPublicAccessOptions", 1, &first, async |_| Ok(vec![mode(client).await?])).await;
    let mode = options.items.first().map_or(OFF, String::as_str);
    let asked = if mode == OFF { &BTreeSet::new() } else { &first };
    let exclusions =
        ask("DescribeVpcBlockPublicAccessExclusions", 1, asked, async |_| exclusions(client).await);
    let Answers { items: exclusions, failed } = exclusions.await;
    let found = VpcBlockPublicAccess { internet_gateway_block_mode: mode.to_owned(), exclusions };
    let failures: Vec<_> = options.failed.into_values().chain(failed.into_values()).collect();
    let found = failures.is_empty().then_some(found);
    places.iter().map(|place| (place.clone(), Answer::new(found.clone(), &failures))).collect()
}

/// The mode where nothing is blocked.
const OFF: &str = "off";

async fn mode(client: &Client) -> Result<String, Failure> {
    let answer = client.describe_vpc_block_public_access_options().send().await;
    match answer.map_err(Failure::from) {
        // Where EC2 does not know it, as in partitions that have it later than others, it blocks nothing.
        Err(failure) if failure.code() == Some("InvalidAction") => Ok(OFF.to_owned()),
        Err(failure) => Err(failure),
        Ok(answer) => {
            let options = answer.vpc_block_public_access_options;
            let mode = options.and_then(|options| options.internet_gateway_block_mode);
            Ok(mode.map_or_else(|| OFF.to_owned(), |mode| mode.as_str().to_owned()))
        }
    }
}

/// All of them. The SDK has no paginator for it.
async fn exclusions(client: &Client) -> Result<Vec<VpcBlockPublicAccessExclusion>, Failure> {
    let (mut exclusions, mut next) = (Vec::new(), None);
    loop {
        let call = client.describe_vpc_block_public_access_exclusions().set_next_token(next);
        let page = call.send().await?;
        exclusions.extend(page.vpc_block_public_access_exclusions().iter().map(exclusion));
        next = page.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(exclusions);
        }
    }
}

fn exclusion(exclusion: &types::VpcBlockPublicAccessExclusion) -> VpcBlockPublicAccessExclusion {
    let mode = exclusion.internet_gateway_exclusion_mode.as_ref();
    VpcBlockPublicAccessExclusion {
        resource_arn: exclusion.resource_arn.clone().unwrap_or_default(),
        internet_gateway_exclusion_mode: mode.map(|mode| mode.as_str().to_owned()).unwrap_or_default(),
        state: exclusion.state.as_ref().map(|state| state.as_str().to_owned()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{Fact, FactRequest, FactSource};

    use super::*;
    use crate::fake_ec2::{FakeEc2, refused};

    const PLACE: &str = "111122223333/us-east-1";

    fn requests() -> BTreeSet<FactRequest> {
        [FactRequest::VpcBlockPublicAccess(PLACE.to_owned())].into()
    }

    fn options(mode: &str) -> String {
        let mode = format!("<internetGatewayBlockMode>{mode}</internetGatewayBlockMode>");
        format!("<vpcBlockPublicAccessOptions>{mode}</vpcBlockPublicAccessOptions>")
    }

    fn exclusion(arn: &str) -> String {
        let item = format!(
            "<item><resourceArn>{arn}</resourceArn><state>create-complete</state>
            <internetGatewayExclusionMode>allow-egress</internetGatewayExclusionMode></item>"
        );
        format!("<vpcBlockPublicAccessExclusionSet>{item}</vpcBlockPublicAccessExclusionSet>")
    }

    #[tokio::test]
    async fn knows_all_pages_of_exclusions_and_keeps_them() {
        let fake = FakeEc2::start(|call| match (call.action(), call.value("NextToken")) {
            ("DescribeVpcBlockPublicAccessOptions", _) => Ok(options("block-ingress")),
            (_, None) => Ok(exclusion("arn-1") + "<nextToken>2</nextToken>"),
            (_, Some(_)) => Ok(exclusion("arn-2")),
        })
        .await;
        for _ in 0..2 {
            let facts = fake.ec2.look_up(&requests()).await;
            let Fact::Known(block) = facts.vpc_block_public_access("111122223333", "us-east-1") else {
                panic!()
            };
            assert_eq!(block.internet_gateway_block_mode, "block-ingress");
            let arns: Vec<_> = block.exclusions.iter().map(|own| own.resource_arn.as_str()).collect();
            assert_eq!(arns, ["arn-1", "arn-2"]);
            assert_eq!(block.exclusions[0].internet_gateway_exclusion_mode, "allow-egress");
            assert_eq!(fake.calls(), 3);
        }
    }

    #[tokio::test]
    async fn what_blocks_nothing_excludes_nothing() {
        let fake = FakeEc2::start(|_| Ok(options("off"))).await;
        let facts = fake.ec2.look_up(&requests()).await;
        let expected =
            VpcBlockPublicAccess { internet_gateway_block_mode: "off".to_owned(), exclusions: Vec::new() };
        assert_eq!(facts.vpc_block_public_access("111122223333", "us-east-1"), Fact::Known(&expected));
        assert_eq!(fake.calls(), 1);
    }

    #[tokio::test]
    async fn where_ec2_does_not_know_it_nothing_is_blocked() {
        let fake = FakeEc2::start(|_| refused("InvalidAction")).await;
        let facts = fake.ec2.look_up(&requests()).await;
        let block = facts.vpc_block_public_access("111122223333", "us-east-1");
        assert!(matches!(block, Fact::Known(block) if block.internet_gateway_block_mode == "off"));
    }

    #[tokio::test]
    async fn without_its_exclusions_it_is_not_known() {
        let fake = FakeEc2::start(|call| match call.action() {
            "DescribeVpcBlockPublicAccessOptions" => Ok(options("block-bidirectional")),
            _ => refused("UnauthorizedOperation"),
        })
        .await;
        let facts = fake.ec2.look_up(&requests()).await;
        assert_eq!(
            facts.unavailable()[PLACE],
            "ec2:DescribeVpcBlockPublicAccessExclusions: UnauthorizedOperation"
        );
    }
}
