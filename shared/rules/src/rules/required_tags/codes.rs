//! The codes of `required-tags`, the most severe first: findings come in this order.

use crate::finding::codes;

codes! {
    /// What the rule finds.
    pub(super) enum Code {
        Missing = "TAG-MISSING", Low,
            "A required tag is not there",
            "Set the tag, and have whatever creates the resource set it.",
            "aws resourcegroupstaggingapi tag-resources --resource-arn-list ARN --tags Owner=team-orders";
        Ambiguous = "TAG-AMBIGUOUS", Low,
            "Several keys are there that differ from the required one in case only",
            "Keep one tag with the key as the annotation writes it, and remove the others.";
        Name = "TAG-NAME", Low,
            "A key is there that differs from the required one in case, separators or look-alike letters",
            "Set the value under the key as the annotation writes it, and remove the other.";
        Empty = "TAG-EMPTY", Low,
            "A required tag has an empty or blank value",
            "Set a value; `allowEmpty` accepts empty ones.";
        Value = "TAG-VALUE", Low,
            "A required tag has a value that is not accepted",
            "Set one of the values that the annotation names.";
        Pattern = "TAG-PATTERN", Low,
            "A required tag has a value that does not match its pattern",
            "Set a value that the pattern matches as a whole.";
        ValueCase = "TAG-VALUE-CASE", Low,
            "A required tag has an accepted value in other case",
            "Set the value as the annotation writes it: cost reports and access policies mind the case.";
        ValueSpace = "TAG-VALUE-SPACE", Low,
            "A required tag has an accepted value with blanks around it",
            "Set the value without the blanks.";
        Forbidden = "TAG-FORBIDDEN", Medium,
            "A tag is there that `forbiddenTags` names",
            "Remove the tag.",
            "aws resourcegroupstaggingapi untag-resources --resource-arn-list ARN --tag-keys Email";
    }
}
