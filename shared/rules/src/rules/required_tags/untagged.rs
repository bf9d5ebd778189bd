//! Types whose tags AWS Config does not record: a tag that nobody can set, or see, is not missing.

/// Whether AWS Config records no tags of this type, as far as is known.
///
/// AWS says that there are such types, but keeps no list. This one holds the types of AWS Config's service model that are
/// parts, links, settings or reports, and of which AWS's resource schemas say `taggable: false` or nothing at
/// all; and `AWS::IAM::Policy` and `AWS::CloudWatch::Alarm`, which can be tagged but are recorded without tags
/// (aws-config-resource-schema#49).
pub(super) fn is_recorded_without_tags(resource_type: &str) -> bool {
    RECORDED_WITHOUT_TAGS.binary_search(&resource_type).is_ok()
}

/// In order.
const RECORDED_WITHOUT_TAGS: &[&str] = &[
    "AWS::ACMPCA::CertificateAuthorityActivation",
    "AWS::ApiGateway::Method",
    "AWS::ApiGatewayV2::Integration",
    "AWS::AutoScaling::LaunchConfiguration",
    "AWS::AutoScaling::ScalingPolicy",
    "AWS::AutoScaling::ScheduledAction",
    "AWS::AutoScaling::WarmPool",
    "AWS::Backup::BackupSelection",
    "AWS::CloudFront::PublicKey",
    "AWS::CloudWatch::Alarm",
    "AWS::CodeDeploy::DeploymentConfig",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolGroup",
    "AWS::Config::ConformancePackCompliance",
    "AWS::Config::ResourceCompliance",
    "AWS::Deadline::QueueFleetAssociation",
    "AWS::EC2::EIPAssociation",
    "AWS::EC2::IPAMPoolCidr",
    "AWS::EC2::RegisteredHAInstance",
    "AWS::EC2::SecurityGroupVpcAssociation",
    "AWS::EC2::SnapshotBlockPublicAccess",
    "AWS::EC2::SubnetCidrBlock",
    "AWS::EC2::SubnetNetworkAclAssociation",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCBlockPublicAccessOptions",
    "AWS::EC2::VPCEndpointConnectionNotification",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::VPNConnectionRoute",
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::RegistryPolicy",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::EMR::SecurityConfiguration",
    "AWS::EventSchemas::RegistryPolicy",
    "AWS::Events::ApiDestination",
    "AWS::Events::Archive",
    "AWS::Events::Connection",
    "AWS::Events::Endpoint",
    "AWS::IAM::Group",
    "AWS::IAM::Policy",
    "AWS::IoT::AccountAuditConfiguration",
    "AWS::KMS::Alias",
    "AWS::MSK::BatchScramSecret",
    "AWS::MSK::ClusterPolicy",
    "AWS::NetworkManager::CustomerGatewayAssociation",
    "AWS::NetworkManager::LinkAssociation",
    "AWS::NetworkManager::TransitGatewayRegistration",
    "AWS::Redshift::EndpointAccess",
    "AWS::Redshift::EndpointAuthorization",
    "AWS::Redshift::ScheduledAction",
    "AWS::Route53::DNSSEC",
    "AWS::Route53RecoveryControl::RoutingControl",
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
    "AWS::Route53Resolver::ResolverRuleAssociation",
    "AWS::S3::AccountPublicAccessBlock",
    "AWS::S3Express::BucketPolicy",
    "AWS::S3Tables::TableBucketPolicy",
    "AWS::SSM::AssociationCompliance",
    "AWS::SSM::FileData",
    "AWS::SSM::ManagedInstanceInventory",
    "AWS::SSM::PatchCompliance",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::XRay::EncryptionConfig",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(RECORDED_WITHOUT_TAGS.is_sorted());
        assert!(is_recorded_without_tags("AWS::KMS::Alias") && !is_recorded_without_tags("AWS::KMS::Key"));
    }
}
