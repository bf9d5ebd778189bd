//! `s3://bucket/folder` among the files: what stands there is copied, and read like any other file. Only with the feature `aws`.

#[cfg(feature = "aws")]
pub(crate) use self::aws::copy;

use tempfile::TempPath;

use crate::result::Refusal;
#[cfg(not(feature = "aws"))]
use crate::{Error, progress::Progress};

/// An object: what people call it, and its copy, which is deleted at the end.
pub(crate) struct Copy {
    pub(crate) name: String,
    pub(crate) file: Result<TempPath, Refusal>,
}

/// What all names in buckets begin with.
pub(crate) const SCHEME: &str = "s3://";

/// Says how to get what is not built in.
#[cfg(not(feature = "aws"))]
pub(crate) fn copy(uri: &str, _: &Progress) -> Result<Vec<Copy>, Error> {
    Err(format!("{uri}: {}", crate::facts::NEEDS_AWS).into())
}

#[cfg(feature = "aws")]
mod aws {
    use std::{io::Write as _, path::Path};

    use config_rules::parameters::{Glob, Value as _};
    use config_rules_aws::{AwsError, Bucket, Session};
    use futures_util::{StreamExt as _, TryStreamExt as _, stream};
    use tempfile::{NamedTempFile, TempPath};
    use tokio::runtime::Builder;

    use super::{Copy, SCHEME};
    use crate::{Error, files, progress::Progress, result::Refusal};

    /// How many calls S3 has to answer at a time.
    const CALLS: usize = 16;
    /// How often an object is asked for that does not arrive whole.
    const ATTEMPTS: usize = 3;

    /// Copies the .json and .json.gz objects that are meant, in order of their keys.
    pub(crate) fn copy(uri: &str, progress: &Progress) -> Result<Vec<Copy>, Error> {
        let (bucket, pattern) = parts(uri)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let bucket = Bucket::new(&Session::of_user().await?, bucket);
            let objects = find(&bucket, pattern).await?;
            if objects.is_empty() {
                return Err(format!("{uri}: no .json or .json.gz object there").into());
            }
            progress.begin("copying", objects.iter().map(|(_, size)| size).sum());
            let copies = stream::iter(objects).map(|(key, _)| copy_object(&bucket, key, progress));
            Ok(copies.buffered(CALLS).collect().await)
        })
    }

    fn parts(uri: &str) -> Result<(&str, &str), Error> {
        let rest = uri.strip_prefix(SCHEME).unwrap_or(uri);
        let (bucket, pattern) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() || bucket.contains(['*', '?']) {
            return Err(format!("{uri}: expected s3://BUCKET/FOLDER; a folder may have * and ?").into());
        }
        Ok((bucket, pattern))
    }

    async fn copy_object(bucket: &Bucket, key: String, progress: &Progress) -> Copy {
        let mut file = Err(Refusal::bad_file("interrupted"));
        for _ in 0..ATTEMPTS {
            if progress.is_stopped() {
                break;
            }
            file = received(bucket, &key, progress).await.map_err(Refusal::bad_file);
            if file.is_ok() {
                break;
            }
        }
        Copy { name: format!("{SCHEME}{}/{key}", bucket.name()), file }
    }

    async fn received(bucket: &Bucket, key: &str, progress: &Progress) -> Result<TempPath, Error> {
        let mut body = bucket.get(key).await?;
        let mut file = NamedTempFile::new()?;
        while let Some(piece) = body.try_next().await? {
            file.write_all(&piece)?;
            progress.add(piece.len());
        }
        Ok(file.into_temp_path())
    }

    type Objects = Vec<(String, u64)>;

    /// The objects that a pattern means: one by its key, or those of folders.
    async fn find(bucket: &Bucket, pattern: &str) -> Result<Objects, Error> {
        let mut folders = vec![String::new()];
        let mut objects = Objects::new();
        let mut parts = pattern.split('/').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            let fixed = part.split(['*', '?']).next().unwrap_or_default();
            if fixed.len() == part.len() && parts.peek().is_some() {
                folders = folders.into_iter().map(|folder| folder + part + "/").collect();
                continue;
            }
            let glob = Glob::parse(part).map_err(|_| format!("{part}: not a name with * and ?"))?;
            let is_meant = |path: &str| {
                path.trim_end_matches('/').rsplit('/').next().is_some_and(|name| glob.matches(name))
            };
            let listings = stream::iter(folders).map(|folder| level(bucket, folder + fixed));
            let listings: Vec<_> = listings.buffered(CALLS).try_collect().await?;
            folders = Vec::new();
            for listing in listings {
                folders.extend(listing.folders.into_iter().filter(|folder| is_meant(folder)));
                if parts.peek().is_none() {
                    objects.extend(listing.objects.into_iter().filter(|(key, _)| is_meant(key)));
                }
            }
        }
        objects.extend(below(bucket, folders).await?);
        objects.retain(|(key, _)| files::is_json(Path::new(key)));
        objects.sort();
        Ok(objects)
    }

    async fn level(bucket: &Bucket, prefix: String) -> Result<config_rules_aws::Listing, AwsError> {
        bucket.list(&prefix, true).await
    }

    /// All that stands in folders. Where AWS's services write their logs, those of AWS Config only: an account's trails are a
    /// thousand times as many.
    async fn below(bucket: &Bucket, mut folders: Vec<String>) -> Result<Objects, AwsError> {
        let mut objects = Objects::new();
        while !folders.is_empty() {
            let listings = stream::iter(folders)
                .map(async |folder| bucket.list(&folder, !folder.contains("/Config/")).await);
            let listings: Vec<_> = listings.buffered(CALLS).try_collect().await?;
            folders = Vec::new();
            for listing in listings {
                objects.extend(listing.objects);
                folders.extend(listing.folders.into_iter().filter(|folder| !is_of_other_service(folder)));
            }
        }
        Ok(objects)
    }

    /// Whether a folder is `AWSLogs/[o-…/]<account>/<service>/` with another service than AWS Config.
    fn is_of_other_service(folder: &str) -> bool {
        let mut parts = folder.trim_end_matches('/').rsplit('/');
        let (service, account) = (parts.next(), parts.next().unwrap_or_default());
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        is_account && service != Some("Config") && parts.take(2).any(|part| part == "AWSLogs")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_bucket_is_named_and_has_no_pattern() {
            assert_eq!(parts("s3://b/AWSLogs/*/Config").unwrap(), ("b", "AWSLogs/*/Config"));
            assert_eq!(parts("s3://b").unwrap(), ("b", ""));
            for uri in ["s3://", "s3:///x", "s3://b*/x"] {
                assert!(parts(uri).unwrap_err().to_string().contains("expected s3://BUCKET/FOLDER"), "{uri}");
            }
        }

        #[test]
        fn logs_of_other_services_are_told_apart() {
            for (folder, expected) in [
                ("AWSLogs/111122223333/CloudTrail/", true),
                ("org/AWSLogs/o-a1b2c3d4e5/111122223333/elasticloadbalancing/", true),
                ("AWSLogs/111122223333/Config/", false),
                ("AWSLogs/o-a1b2c3d4e5/111122223333/", false),
                ("backup/111122223333/2026/", false),
            ] {
                assert_eq!(is_of_other_service(folder), expected, "{folder}");
            }
        }
    }
}
