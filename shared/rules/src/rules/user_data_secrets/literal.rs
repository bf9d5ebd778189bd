//! Whether a value is a secret itself, or only says where one is.

use std::collections::BTreeMap;

/// What kind of text a value stands in, and so what it may be besides a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The pattern says it all.
    Exact,
    /// Between signs that leave no doubt: in a URL, behind `login … password`.
    Delimited,
    /// An argument of a command.
    Argument,
    /// `name = value`, in any language.
    Assignment,
    /// `<name>value</name>`.
    Element,
    /// `name "value"`.
    Quoted,
    /// `name value`, alone in its line.
    Spaced,
    /// Base64 of `user:password`.
    Encoded,
    /// Text that is random enough.
    Entropy,
}

/// What a value stands between.
pub(super) struct Context<'a> {
    pub(super) name: &'a str,
    /// With its blanks: ` = `.
    pub(super) operator: &'a str,
    pub(super) is_quoted: bool,
    pub(super) before: &'a str,
    pub(super) after: &'a str,
}

/// The shortest value that counts as a password.
const SHORTEST: usize = 6;

/// Whether a value is a secret itself.
pub(super) fn is_secret(form: Form, value: &str, context: &Context) -> bool {
    match form {
        Form::Exact => !is_documented(value) && !is_signature(context) && !is_hash(value),
        Form::Delimited => is_plain_password(value),
        Form::Quoted | Form::Element => is_plain_password(value) && !is_other_name(context.name),
        Form::Argument => is_argument(value, context),
        Form::Assignment => is_assigned(value, context),
        Form::Spaced => is_plain_password(value) && is_unlike_words(value) && !is_other_name(context.name),
        Form::Encoded => is_user_and_password(value),
        Form::Entropy => is_random(value),
    }
}

/// Keys in AWS's documentation.
fn is_documented(value: &str) -> bool {
    value.contains("EXAMPLE")
}

/// A digest, or a secret that is one's own format: 40 hexadecimal digits are no key of AWS.
fn is_hash(value: &str) -> bool {
    value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The access key id in a presigned URL, which has expired within seven days.
fn is_signature(context: &Context) -> bool {
    let before = context.before.trim_end_matches(['"', '\'']).to_ascii_lowercase();
    ["x-amz-credential=", "x-amz-credential%3d", "credential="].iter().any(|end| before.ends_with(end))
}

/// Whether a value could be somebody's password: no reference to one, and no placeholder.
pub(super) fn is_plain_password(value: &str) -> bool {
    value.chars().count() >= SHORTEST && !is_reference(value) && !is_placeholder(value)
}

/// What another program puts in: variables, templates, paths, names of secrets elsewhere. A password may begin with any sign.
fn is_reference(value: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "$",
        "\\$",
        "<",
        "((",
        "`",
        "%(",
        "%{",
        "@\"",
        "@/",
        "@'",
        "--",
        "/",
        "./",
        "../",
        "~/",
        "\\\\",
        "arn:",
        "ssm:",
        "vault:",
        "file:",
        "env:",
        "secret:",
        "op:",
        "s3:",
        "gs:",
        "http:",
        "https:",
        "awskms:",
        "sm:",
        "aws:",
        "ref:",
        "ref+",
        "keyvault:",
        "projects/",
        "ENC[",
        "AQICAH",
        "!Ref",
        "!Sub",
        "!GetAtt",
        "!Join",
        "!ImportValue",
        "!FindInMap",
        "!vault",
        "!secret",
    ];
    const PARTS: &[&str] = &["${", "$(", "{{", "$env:", "resolve:", "<%", "$[", "#{"];
    let is_between = |sign: char| value.len() > 2 && value.starts_with(sign) && value.ends_with(sign);
    let is_windows_path = value.as_bytes().get(1..3) == Some(b":\\");
    let lower = value.to_ascii_lowercase();
    is_between('%')
        || is_between('@')
        || is_windows_path
        || BEGINNINGS.iter().any(|begin| value.starts_with(begin))
        || PARTS.iter().any(|part| lower.contains(part))
        || is_variable_inside(value)
}

/// `prefix-$NAME`.
fn is_variable_inside(value: &str) -> bool {
    value
        .match_indices('$')
        .any(|(at, _)| value[at + 1..].starts_with(|next: char| next.is_ascii_uppercase()))
}

/// What is visibly to be replaced, or says nothing.
fn is_placeholder(value: &str) -> bool {
    const BEGINNINGS: &[&str] =
        &["todo", "fixme", "dummy", "insert", "replace", "your_", "your-", "your ", "yourpassword", "xxxx"];
    const PARTS: &[&str] = &[
        "change_me",
        "change-me",
        "changethis",
        "change_this",
        "replace_",
        "placeholder",
        "redacted",
        "example",
        "not-set",
        "not_set",
        "...",
    ];
    const WORDS: &[&str] = &[
        "undefined",
        "enabled",
        "disabled",
        "required",
        "optional",
        "default",
        "prompt",
        "random",
        "string",
        "secret",
        "hidden",
        "masked",
        "boolean",
        "number",
        "object",
        "notset",
        "sensitive",
        "manual",
        "bearer",
    ];
    let lower = value.to_ascii_lowercase();
    let first = value.chars().next().unwrap_or_default();
    let is_mask = value.chars().all(|character| character == first || "-. ".contains(character));
    let is_marked = [("__", "__"), ("[", "]")]
        .iter()
        .any(|(begin, end)| lower.starts_with(begin) && lower.ends_with(end));
    is_mask
        || is_marked
        || BEGINNINGS.iter().any(|begin| lower.starts_with(begin))
        || PARTS.iter().any(|part| lower.contains(part))
        || WORDS.contains(&lower.as_str())
        || is_uuid(&lower)
        || is_constant(value)
        || value.parse::<f64>().is_ok_and(|_| value.len() < 16)
}

fn is_uuid(value: &str) -> bool {
    let parts: Vec<_> = value.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && value.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// `DB_PASSWORD`: the name of a variable.
fn is_constant(value: &str) -> bool {
    value.contains('_')
        && value.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && value.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
}

/// Names that end as one of a password does, and are of something else.
fn is_other_name(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "proxy_pass",
        "fastcgi_pass",
        "grpc_pass",
        "uwsgi_pass",
        "scgi_pass",
        "memcached_pass",
        "x-aws-ec2-metadata-token",
    ];
    const PARTS: &[&str] = &[
        "allow_empty",
        "allowempty",
        "publickey",
        "public_key",
        "nopass",
        "loadcredential",
        "next_token",
        "nexttoken",
        "eos_token",
        "bos_token",
        "pad_token",
        "unk_token",
        "sep_token",
        "cls_token",
        "mask_token",
        "amz-credential",
        "amz-security",
    ];
    let lower = name.to_ascii_lowercase();
    is_part_of_word(name)
        || ENDS.iter().any(|end| lower.ends_with(end))
        || PARTS.iter().any(|part| lower.contains(part))
}

/// `compass` does not end with `pass`: what ends with a short keyword is a word of its own, or follows a sign.
fn is_part_of_word(name: &str) -> bool {
    const SHORT: [&str; 4] = ["pw", "pat", "psk", "pass"];
    const BEFORE: [&str; 13] = [
        "db", "user", "root", "admin", "smtp", "mysql", "pg", "ldap", "bind", "my", "ftp", "mail", "require",
    ];
    let lower = name.to_ascii_lowercase();
    let Some(before) = SHORT.iter().find_map(|short| lower.strip_suffix(short)) else { return false };
    let (cased, own) = name.split_at(before.len());
    let is_new_word = own.starts_with(char::is_uppercase) && cased.ends_with(char::is_lowercase);
    let is_apart = before.is_empty() || before.ends_with(['_', '-', '.']) || is_new_word;
    !is_apart && !BEFORE.iter().any(|word| before.ends_with(word))
}

/// Words alone are what people write about passwords; a password has a digit or another sign.
fn is_unlike_words(value: &str) -> bool {
    let has_digit = value.chars().any(|character| character.is_ascii_digit());
    let has_sign =
        value.chars().any(|character| !character.is_alphanumeric() && !" -_./,:;()".contains(character));
    (has_digit || has_sign) && !value.contains(".so") && !value.ends_with([',', ':', ')'])
}

/// `db-password`: the name of a secret rather than one.
fn names_a_secret(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let is_word = value.chars().all(|character| character.is_alphabetic() || "-_./".contains(character));
    is_word && ["pass", "secret", "token", "key", "cred", "pwd"].iter().any(|part| lower.contains(part))
}

/// A member or a call: `var.db_password`, `config.get`.
fn is_code(value: &str) -> bool {
    let is_snake = value.contains('_') && value.chars().all(|letter| letter.is_alphabetic() || letter == '_');
    if is_snake || is_cmdlet(value) {
        return true;
    }
    let words: Vec<_> = value.split(['.', ':']).filter(|word| !word.is_empty()).collect();
    let is_word = |word: &&str| {
        word.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && word.chars().all(|character| character.is_alphanumeric() || "_-".contains(character))
    };
    words.len() > 1 && words.iter().all(is_word)
}

/// `Invoke-RestMethod`, `Read-S3Object`: PowerShell's verb and noun.
fn is_cmdlet(value: &str) -> bool {
    let is_word = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(|first| first.is_ascii_uppercase())
            && letters.clone().next().is_some()
            && letters.all(|letter| letter.is_ascii_alphabetic())
    };
    value.split_once('-').is_some_and(|(verb, noun)| {
        is_word(verb) && is_word(noun.trim_start_matches("S3").trim_start_matches("EC2"))
    })
}

/// Within an ARN, behind the key of a checksum, or a pass of Windows Setup.
fn is_within_another(context: &Context) -> bool {
    let word = context.before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains("arn:") || word.ends_with("checksum/") || context.before.ends_with("<settings ")
}

fn is_argument(value: &str, context: &Context) -> bool {
    let is_text =
        if context.is_quoted { value.contains(' ') } else { is_code(value) || value.starts_with('=') };
    is_plain_password(value) && !value.starts_with('-') && !names_a_secret(value) && !is_text
}

fn is_assigned(value: &str, context: &Context) -> bool {
    let operator = context.operator.trim_matches(['"', '\'', ']', ')', '}', ' ', '\t']);
    if operator == ">"
        || (operator == "," && !(context.is_quoted && context.operator.starts_with(['"', '\''])))
    {
        return false;
    }
    let value = value.trim_end_matches("\\n");
    let is_plain = is_plain_password(value) && !is_other_name(context.name);
    if !is_plain || is_within_another(context) || names_a_secret(value) {
        return false;
    }
    if context.is_quoted {
        return !is_prose(value)
            && (operator != "," || is_unlike_words(value))
            && !context.after.trim_start_matches(['"', '\'']).starts_with(['(', '[']);
    }
    is_bare_secret(value, operator, context)
}

/// A value without quotes may be anything: code, prose, a type.
fn is_bare_secret(value: &str, operator: &str, context: &Context) -> bool {
    let is_spaced = context.operator.ends_with([' ', '\t']);
    let rest = context.after.lines().next().unwrap_or_default();
    let is_alone = {
        let rest = rest.trim_start_matches(['"', '\'', ',', '}', ';', '\\']).trim();
        rest.is_empty() || rest.starts_with('#') || rest.starts_with("//")
    };
    // What follows is an argument, or the operator was a comparison: `==`, `=~`.
    let is_call = rest.starts_with(['(', '[', '{', '<', '`']) || value.starts_with(['=', '~']);
    let is_word = value.chars().all(char::is_alphabetic) || is_code(value);
    if is_call || is_code(value) {
        return false;
    }
    if !is_spaced {
        // The shell's, a properties file's, a connection string's.
        return operator != ":" || is_unlike_words(value);
    }
    match operator {
        ":" => {
            is_alone || (is_unlike_words(value) && rest.starts_with([',', '}', ' ']) && !is_prose_after(rest))
        }
        _ => !is_word && (is_alone || is_unlike_words(value)),
    }
}

fn is_prose_after(rest: &str) -> bool {
    rest.trim_start_matches([',', '.']).trim_start().starts_with(|next: char| next.is_alphabetic())
        && !rest.contains([':', '='])
}

/// Several words: a sentence, or a command.
fn is_prose(value: &str) -> bool {
    value.split_whitespace().count() > 2 || (value.contains(' ') && !is_unlike_words(value))
}

/// Base64 of `user:password`, as in Docker's configuration.
fn is_user_and_password(value: &str) -> bool {
    let decoded = super::decode::text_of(value);
    decoded.is_some_and(|text| {
        text.split_once(':').is_some_and(|(user, password)| {
            !user.is_empty() && user.is_ascii() && is_plain_password(password)
        })
    })
}

/// At least 4.5 bits a character; of hexadecimal digits 32 at least.
fn is_random(value: &str) -> bool {
    if value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return value.len() >= 32 && bits(value) >= 3.0;
    }
    bits(value) >= 4.5 && value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Shannon's entropy of a character.
fn bits(value: &str) -> f64 {
    let mut counts = BTreeMap::new();
    value.bytes().for_each(|byte| *counts.entry(byte).or_insert(0_u32) += 1);
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    counts.values().map(|count| f64::from(*count) / length).map(|part| -part * part.log2()).sum()
}
