//! ARNs of IAM's resources: `arn:aws:iam::111122223333:instance-profile/team/web`.

/// The parts of an ARN of IAM's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// Such as `aws` or `aws-cn`.
    pub partition: &'a str,
    /// 12 digits; `aws` for what AWS manages.
    pub account: &'a str,
    /// Such as `instance-profile`.
    pub kind: &'a str,
    /// The last segment: the path between is no part of a name.
    pub name: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads the ARN of a resource that has a name; `None` if it is none.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let ["arn", partition, "iam", "", account, resource] = *parts.as_slice() else { return None };
        let (kind, path_and_name) = resource.split_once('/')?;
        let name = path_and_name.rsplit('/').next()?;
        let is_filled = ![partition, account, kind, name].iter().any(|part| part.trim().is_empty());
        is_filled.then_some(Self { partition, account, kind, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_last_segment() {
        for (path, name) in [("web", "web"), ("team/web/web-1", "web-1"), ("a+=,.@-_", "a+=,.@-_")] {
            let text = format!("arn:aws-cn:iam::111122223333:instance-profile/{path}");
            let expected =
                Arn { partition: "aws-cn", account: "111122223333", kind: "instance-profile", name };
            assert_eq!(Arn::read(&text), Some(expected));
        }
    }

    #[test]
    fn what_has_no_name_is_no_arn_of_a_resource() {
        for text in [
            "",
            "web",
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam:::role/web",
            "arn:aws:sts::111122223333:assumed-role/web/session",
            "arn:aws:iam:us-east-1:111122223333:role/web",
        ] {
            assert_eq!(Arn::read(text), None, "{text}");
        }
    }
}
