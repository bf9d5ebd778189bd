//! The kinds of findings of this rule.

use crate::finding::codes;

codes! {
    /// The kinds of findings of this rule.
    pub(super) enum ProfileCode {
        ProfileMissing = "PROFILE-MISSING", Medium,
            "The instance has no instance profile, so that its software has no credentials but those that somebody put there",
            "Associate an approved instance profile, or set `required` to `false` if instances may do without.",
            "aws ec2 associate-iam-instance-profile --instance-id i-0123456789abcdef0 --iam-instance-profile Name=web";
        ProfileUnapproved = "PROFILE-UNAPPROVED", Medium,
            "The instance profile is not among the approved ones",
            "Replace the association by one with an approved profile, or approve this one.",
            "aws ec2 replace-iam-instance-profile-association --association-id iip-assoc-0123456789abcdef0 --iam-instance-profile Name=web";
        ProfileDenied = "PROFILE-DENIED", High,
            "The instance profile is among the denied ones",
            "Replace the association by one with another profile.",
            "aws ec2 replace-iam-instance-profile-association --association-id iip-assoc-0123456789abcdef0 --iam-instance-profile Name=web";
        RoleUnapproved = "ROLE-UNAPPROVED", Medium,
            "The role in the instance profile is not among the approved ones",
            "Put an approved role into the profile, or approve this one.";
        RoleDenied = "ROLE-DENIED", High,
            "The role in the instance profile is among the denied ones",
            "Put another role into the profile.";
        ProfileDangling = "PROFILE-DANGLING", Medium,
            "The instance names an instance profile that was deleted, and gets no credentials by it",
            "Associate an instance profile that exists.",
            "aws ec2 replace-iam-instance-profile-association --association-id iip-assoc-0123456789abcdef0 --iam-instance-profile Name=web";
        ProfileReusedName = "PROFILE-REUSED-NAME", Medium,
            "The instance profile was deleted, and another one has its name now",
            "Associate the profile again, so that the instance names the one that exists.",
            "aws ec2 replace-iam-instance-profile-association --association-id iip-assoc-0123456789abcdef0 --iam-instance-profile Name=web";
        ProfileEmpty = "PROFILE-EMPTY", Medium,
            "The instance profile has no role, and the instance gets no credentials by it",
            "Add a role to the profile.",
            "aws iam add-role-to-instance-profile --instance-profile-name web --role-name web";
        RoleTrust = "ROLE-TRUST", High,
            "Others than the trusted principals may assume the role",
            "Take them out of the role's trust policy, or add them to `trustedPrincipals`.",
            "aws iam update-assume-role-policy --role-name web --policy-document file://trust-policy.json";
        RolePolicy = "ROLE-POLICY", High,
            "A denied policy is attached to the role, and software on the instance has its permissions",
            "Detach the policy, and attach one that allows what the software needs.",
            "aws iam detach-role-policy --role-name web --policy-arn arn:aws:iam::aws:policy/AdministratorAccess";
        ImdsV1 = "IMDS-V1", Medium,
            "The instance metadata service answers requests without a token, which request forgery can make use of",
            "Require tokens.",
            "aws ec2 modify-instance-metadata-options --instance-id i-0123456789abcdef0 --http-tokens required";
        ImdsHops = "IMDS-HOPS", Low,
            "The answer to a request for a token may take more hops than `tokenHopLimit`",
            "Lower the limit: 1 suffices for software on the instance itself, 2 for containers.",
            "aws ec2 modify-instance-metadata-options --instance-id i-0123456789abcdef0 --http-put-response-hop-limit 1";
        RoleNotForEc2 = "ROLE-NOT-FOR-EC2", Informational,
            "The role's trust policy does not let EC2 assume it, and the instance gets no credentials",
            "Let `ec2.amazonaws.com` assume the role.",
            "aws iam update-assume-role-policy --role-name web --policy-document file://trust-policy.json";
    }
}
