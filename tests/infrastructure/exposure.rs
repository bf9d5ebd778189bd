//! `instance-exposure`, deployed over a network that the AWS command line builds, and then closes and opens piece by piece.

use std::fs;

use serde_json::{Value, json};

use crate::{cloud::Cloud, tools::skip};

const RULE: &str = "instance-exposure";

#[tokio::test]
async fn a_network_is_closed_and_opened_piece_by_piece() {
    let cloud = match Cloud::start(&["recorder", "."]).await {
        Ok(cloud) => cloud,
        Err(reason) => return skip("the deployment of instance-exposure", &reason),
    };
    cloud.terraform.apply("recorder");
    let network = Network::build(&cloud);
    let variables = json!({"rules": {RULE: {"further_triggers": true}}, "name_prefix": "test-"});
    fs::write(cloud.terraform.folder(".").join("terraform.tfvars.json"), variables.to_string()).unwrap();
    cloud.terraform.apply(".");

    cloud.evaluate(cloud.config_service.take_invocations(), 2);
    network.bastion_is(&cloud, "NON_COMPLIANT", "INSTANCE-EXPOSED: tcp/22 of ");
    let details = cloud.details(RULE);
    assert!(details[&network.server].1.contains("OPEN-NO-ADDRESS"), "{details:?}");

    let entry = ["--network-acl-id", &network.acl, "--ingress", "--rule-number", "50"];
    let denial = [
        "--protocol",
        "6",
        "--port-range",
        "From=22,To=22",
        "--cidr-block",
        "0.0.0.0/0",
        "--rule-action",
        "deny",
    ];
    cloud.aws(&[&["ec2", "create-network-acl-entry"], &entry[..], &denial].concat());
    network.of_subnet_changed(&cloud, "AWS::EC2::NetworkAcl", &network.acl);
    network.bastion_is(&cloud, "COMPLIANT", &format!("rule 50 of {} denies it", network.acl));
    cloud.aws(&[&["ec2", "delete-network-acl-entry"], &entry[..]].concat());
    network.of_subnet_changed(&cloud, "AWS::EC2::NetworkAcl", &network.acl);
    network.bastion_is(&cloud, "NON_COMPLIANT", "INSTANCE-EXPOSED");

    let route = ["--route-table-id", &network.route_table, "--destination-cidr-block", "0.0.0.0/0"];
    cloud.aws(&[&["ec2", "delete-route"], &route[..]].concat());
    network.of_subnet_changed(&cloud, "AWS::EC2::RouteTable", &network.route_table);
    network.bastion_is(
        &cloud,
        "COMPLIANT",
        &format!("{} sends no reply to an internet gateway", network.route_table),
    );
    cloud.aws(&[&["ec2", "create-route"], &route[..], &["--gateway-id", &network.gateway]].concat());
    network.of_subnet_changed(&cloud, "AWS::EC2::RouteTable", &network.route_table);
    network.bastion_is(&cloud, "NON_COMPLIANT", "INSTANCE-EXPOSED");

    let permission =
        ["--group-id", &network.group, "--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0"];
    cloud.aws(&[&["ec2", "revoke-security-group-ingress"], &permission[..]].concat());
    // Both instances have the group.
    let changed = cloud.record("AWS::EC2::SecurityGroup", &network.group, &json!({"configuration": {}}));
    cloud.evaluate(changed, 2);
    network.bastion_is(&cloud, "COMPLIANT", "22, 3389 not open to the IPv4 internet");

    cloud.terraform.destroy(".");
    cloud.terraform.destroy("recorder");
    cloud.is_empty();
}

/// A bastion host in a public subnet, and a server in a private one, with one group.
struct Network {
    gateway: String,
    route_table: String,
    acl: String,
    subnet: String,
    group: String,
    bastion: String,
    server: String,
}

impl Network {
    fn build(cloud: &Cloud) -> Self {
        let make = |arguments: &[&str], pointer: &str| {
            let answer = cloud.aws(&[&["ec2"], arguments].concat());
            answer.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{answer:#}")).to_owned()
        };
        let vpc = make(&["create-vpc", "--cidr-block", "10.30.0.0/16"], "/Vpc/VpcId");
        let subnet = |block: &str| {
            make(&["create-subnet", "--vpc-id", &vpc, "--cidr-block", block], "/Subnet/SubnetId")
        };
        let (public, private) = (subnet("10.30.1.0/24"), subnet("10.30.2.0/24"));
        let gateway = make(&["create-internet-gateway"], "/InternetGateway/InternetGatewayId");
        cloud.aws(&["ec2", "attach-internet-gateway", "--internet-gateway-id", &gateway, "--vpc-id", &vpc]);
        let route_table = make(&["create-route-table", "--vpc-id", &vpc], "/RouteTable/RouteTableId");
        let route = ["--destination-cidr-block", "0.0.0.0/0", "--gateway-id", &gateway];
        cloud.aws(&[&["ec2", "create-route", "--route-table-id", &route_table], &route[..]].concat());
        cloud.aws(&[
            "ec2",
            "associate-route-table",
            "--route-table-id",
            &route_table,
            "--subnet-id",
            &public,
        ]);
        let acls = ["describe-network-acls", "--filters"];
        let of_subnet = format!("Name=association.subnet-id,Values={public}");
        let acl = make(&[&acls[..], &[&of_subnet]].concat(), "/NetworkAcls/0/NetworkAclId");
        let group =
            ["create-security-group", "--group-name", "ssh", "--description", "ssh", "--vpc-id", &vpc];
        let group = make(&group, "/GroupId");
        let permission = ["--protocol", "tcp", "--port", "22", "--cidr", "0.0.0.0/0"];
        let authorize = ["ec2", "authorize-security-group-ingress", "--group-id", &group];
        cloud.aws(&[&authorize[..], &permission].concat());
        let image = make(&["describe-images"], "/Images/0/ImageId");
        let run = |subnet: &str, is_public: bool| {
            let interface = format!(
                "DeviceIndex=0,SubnetId={subnet},Groups={group},AssociatePublicIpAddress={is_public}"
            );
            let run = ["run-instances", "--image-id", &image, "--network-interfaces", &interface];
            make(&run, "/Instances/0/InstanceId")
        };
        let (bastion, server) = (run(&public, true), run(&private, false));
        Self { gateway, route_table, acl, subnet: public, group, bastion, server }
    }

    /// AWS Config tells of a change of what the public subnet has.
    fn of_subnet_changed(&self, cloud: &Cloud, resource_type: &str, id: &str) {
        let associations = json!({"configuration": {"associations": [{"subnetId": self.subnet}]}});
        cloud.evaluate(cloud.record(resource_type, id, &associations), 1);
    }

    #[track_caller]
    fn bastion_is(&self, cloud: &Cloud, compliance_type: &str, annotation: &str) {
        let (verdict, why) = &cloud.details(RULE)[&self.bastion];
        assert_eq!(verdict, compliance_type, "{why}");
        assert!(why.contains(annotation), "{why}");
    }
}
