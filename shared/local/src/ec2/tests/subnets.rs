//! Subnets with their route tables and network ACLs, whether interfaces deny gateways, and block public access.

use super::*;

/// `subnet-1` and `subnet-2` share a table and an ACL, `subnet-3` has the main table, and nothing is known of `subnet-denied`.
const FACTS: &str = r#"{
    "subnetPaths": {
        "subnet-1": {
            "subnet": {"vpcId": "vpc-1", "ownerId": "111122223333"},
            "routeTable": {"routeTableId": "rtb-1", "routes": [
                {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1", "state": "active"}]},
            "gatewayRouteTable": {"routes": []},
            "networkAcl": {"networkAclId": "acl-1", "entries": [
                {"ruleNumber": 100, "protocol": "6", "ruleAction": "allow", "egress": false, "cidrBlock": "0.0.0.0/0",
                 "portRange": {"from": 22, "to": 23}, "icmpTypeCode": null}]}
        },
        "subnet-2": {
            "subnet": {"vpcId": "vpc-1"},
            "routeTable": {"routeTableId": "rtb-1", "associations": [{"subnetId": "subnet-2", "main": false}]},
            "networkAcl": {"networkAclId": "acl-1"}
        },
        "subnet-3": {
            "subnet": {"vpcId": "vpc-1"},
            "routeTable": {"routeTableId": "rtb-main", "associations": [{"main": true}]},
            "networkAcl": {"entries": []}
        },
        "subnet-gone": null
    },
    "subnets": [{"SubnetId": "subnet-4", "VpcId": "vpc-2"}],
    "denyAllIgwTraffic": {"eni-1": true, "eni-2": false, "eni-gone": null},
    "vpcBlockPublicAccess": {"111122223333/us-east-1": {"internetGatewayBlockMode": "block-ingress", "exclusions": [
        {"resourceArn": "arn-1", "internetGatewayExclusionMode": "allow-egress", "state": "create-complete"}]}},
    "unavailable": {"subnet-denied": "no", "eni-denied": "no"}
}"#;

async fn ec2() -> Ec2 {
    Ec2::start(Ec2Data::from_json(FACTS).unwrap()).await.unwrap()
}

async fn is(request: &str, members: &str) {
    let ec2 = ec2().await;
    answered(&ec2, &call(&ec2, request).await, members);
}

async fn holds(request: &str, element: &str, expected: &[&str]) {
    let ec2 = ec2().await;
    let answer = call(&ec2, request).await;
    assert_eq!(texts(&answer, element), expected, "{answer:?}");
}

async fn refuses(request: &str, code: &str, message: &str) {
    let ec2 = ec2().await;
    let status = if code == "UnauthorizedOperation" { 403 } else { 400 };
    is_error(&call(&ec2, request).await, status, code, message);
}

const DENIED: &str = "You are not authorized to perform this operation. no";

#[tokio::test]
async fn subnets_are_listed_by_id_and_by_vpc() {
    let item =
        "<item><ownerId>111122223333</ownerId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId></item>";
    is("DescribeSubnets&SubnetId.1=subnet-1", &format!("<subnetSet>{item}</subnetSet>")).await;
    holds("DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-2", "subnetId", &["subnet-4"]).await;
    let message = "The subnet ID 'subnet-gone' does not exist";
    refuses("DescribeSubnets&SubnetId.1=subnet-gone", "InvalidSubnetID.NotFound", message).await;
    refuses("DescribeSubnets&SubnetId.1=subnet-denied", "UnauthorizedOperation", DENIED).await;
}

#[tokio::test]
async fn a_route_table_is_listed_once_and_the_main_one_not_by_its_subnets() {
    let of = |filters: &[(&str, &str)]| {
        let filter = |(number, (name, value)): (usize, &(&str, &str))| {
            format!("&Filter.{0}.Name={name}&Filter.{0}.Value.1={value}", number + 1)
        };
        "DescribeRouteTables".to_owned() + &filters.iter().enumerate().map(filter).collect::<String>()
    };
    is(
        &of(&[("association.subnet-id", "subnet-2")]),
        "<routeTableSet><item><associationSet><item><subnetId>subnet-1</subnetId></item>\
         <item><main>false</main><subnetId>subnet-2</subnetId></item></associationSet>\
         <routeTableId>rtb-1</routeTableId><routeSet><item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>\
         <gatewayId>igw-1</gatewayId><state>active</state></item></routeSet><vpcId>vpc-1</vpcId></item></routeTableSet>",
    )
    .await;
    holds(&of(&[("association.subnet-id", "subnet-3")]), "routeTableId", &[]).await;
    holds(&of(&[("vpc-id", "vpc-1"), ("association.main", "true")]), "routeTableId", &["rtb-main"]).await;
    holds(&of(&[("association.gateway-id", "igw-1")]), "gatewayId", &["igw-1"]).await;
    holds("DescribeRouteTables&RouteTableId.1=rtb-main", "main", &["true"]).await;
    let message = "Value ( 101 ) for parameter maxResults is invalid. Expecting a value from 5 to 100.";
    refuses("DescribeRouteTables&MaxResults=101", "InvalidParameterValue", message).await;
}

#[tokio::test]
async fn a_network_acl_is_listed_by_any_of_its_subnets() {
    let of = |subnet: &str| {
        format!("DescribeNetworkAcls&Filter.1.Name=association.subnet-id&Filter.1.Value.1={subnet}")
    };
    is(
        &of("subnet-2"),
        "<networkAclSet><item><associationSet><item><subnetId>subnet-1</subnetId></item>\
         <item><subnetId>subnet-2</subnetId></item></associationSet><entrySet><item><cidrBlock>0.0.0.0/0</cidrBlock>\
         <egress>false</egress><portRange><from>22</from><to>23</to></portRange><protocol>6</protocol>\
         <ruleAction>allow</ruleAction><ruleNumber>100</ruleNumber></item></entrySet>\
         <networkAclId>acl-1</networkAclId><vpcId>vpc-1</vpcId></item></networkAclSet>",
    )
    .await;
    holds(&of("subnet-3"), "networkAclId", &["acl-subnet-3"]).await;
}

#[tokio::test]
async fn interfaces_are_listed_by_id_without_a_size_of_pages() {
    let of = |id: &str| format!("DescribeNetworkInterfaces&NetworkInterfaceId.1={id}");
    holds(&of("eni-1"), "denyAllIgwTraffic", &["true"]).await;
    holds(&of("eni-2"), "denyAllIgwTraffic", &["false"]).await;
    let message = "The networkInterface ID 'eni-gone' does not exist";
    refuses(&of("eni-gone"), "InvalidNetworkInterfaceID.NotFound", message).await;
    refuses(&of("eni-denied"), "UnauthorizedOperation", DENIED).await;
    let message = "The parameter networkInterfaceIdSet cannot be used with the parameter maxResults";
    refuses(&(of("eni-1") + "&MaxResults=5"), "InvalidParameterCombination", message).await;
}

#[tokio::test]
async fn block_public_access_is_the_accounts() {
    is(
        "DescribeVpcBlockPublicAccessOptions",
        "<vpcBlockPublicAccessOptions><awsAccountId>111122223333</awsAccountId>\
         <internetGatewayBlockMode>block-ingress</internetGatewayBlockMode></vpcBlockPublicAccessOptions>",
    )
    .await;
    is(
        "DescribeVpcBlockPublicAccessExclusions",
        "<vpcBlockPublicAccessExclusionSet><item><resourceArn>arn-1</resourceArn>\
         <internetGatewayExclusionMode>allow-egress</internetGatewayExclusionMode><state>create-complete</state></item>\
         </vpcBlockPublicAccessExclusionSet>",
    )
    .await;
    let other = Ec2Data::from_json(FACTS).unwrap().account("444455556666");
    let other = Ec2::start(other).await.unwrap();
    assert_eq!(
        texts(&call(&other, "DescribeVpcBlockPublicAccessOptions").await, "internetGatewayBlockMode"),
        ["off"]
    );
    let denied = r#"{"unavailable": {"111122223333/us-east-1": "no"}}"#;
    let denied = Ec2::start(Ec2Data::from_json(denied).unwrap()).await.unwrap();
    let answer = call(&denied, "DescribeVpcBlockPublicAccessOptions").await;
    is_error(&answer, 403, "UnauthorizedOperation", DENIED);
}

#[tokio::test]
async fn instances_are_found_by_any_of_their_interfaces() {
    let interface =
        |subnet: &str, group: &str| serde_json::json!({"SubnetId": subnet, "Groups": [{"GroupId": group}]});
    let interfaces = [interface("subnet-1", "sg-1"), interface("subnet-2", "sg-2")];
    let instance =
        serde_json::json!({"InstanceId": "i-1", "VpcId": "vpc-1", "NetworkInterfaces": interfaces});
    let ec2 = Ec2::start(Ec2Data::default().instances([instance])).await.unwrap();
    for (name, value, found) in [
        ("network-interface.group-id", "sg-2", 1),
        ("network-interface.group-id", "sg-3", 0),
        ("network-interface.subnet-id", "subnet-2", 1),
        ("vpc-id", "vpc-1", 1),
        ("vpc-id", "vpc-2", 0),
    ] {
        let request = format!("DescribeInstances&Filter.1.Name={name}&Filter.1.Value.1={value}");
        assert_eq!(texts(&call(&ec2, &request).await, "instanceId").len(), found, "{name}={value}");
    }
}
