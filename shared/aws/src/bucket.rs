//! A bucket of Amazon S3, in whichever Region it is.

use std::sync::OnceLock;

pub use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::{
    Client,
    config::{Builder, Region},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::{AwsError, Session};

/// A bucket. S3 tells where one is that is not in the session's Region, and the SDK does not follow.
#[derive(Debug)]
pub struct Bucket {
    name: String,
    session: Session,
    client: Client,
    elsewhere: OnceLock<Client>,
}

/// What a bucket has below a prefix.
#[derive(Debug, Default)]
pub struct Listing {
    /// Keys with their sizes in bytes.
    pub objects: Vec<(String, u64)>,
    /// Prefixes that end with `/`, where only one level is asked for.
    pub folders: Vec<String>,
}

/// How S3 says in which Region a bucket is.
const BUCKET_REGION: &str = "x-amz-bucket-region";

impl Bucket {
    /// Nothing is called yet.
    #[must_use]
    pub fn new(session: &Session, name: &str) -> Self {
        let client = Client::new(session.sdk_config());
        Self { name: name.to_owned(), session: session.clone(), client, elsewhere: OnceLock::new() }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads an object, while it arrives.
    pub async fn get(&self, key: &str) -> Result<ByteStream, AwsError> {
        let get =
            async |client: &Client| Box::pin(client.get_object().bucket(&self.name).key(key).send()).await;
        let output = self.follow(get).await.map_err(|error| error.during(&self.call("GetObject", key)))?;
        Ok(output.body)
    }

    /// What stands below a prefix: all of it, or one level, as of a folder.
    pub async fn list(&self, prefix: &str, one_level: bool) -> Result<Listing, AwsError> {
        let mut listing = Listing::default();
        let mut token = None;
        loop {
            let list = async |client: &Client| {
                let list = client.list_objects_v2().bucket(&self.name).prefix(prefix);
                let list = list.set_delimiter(one_level.then(|| "/".into()));
                Box::pin(list.set_continuation_token(token.clone()).send()).await
            };
            let page = self.follow(list).await;
            let page = page.map_err(|error| error.during(&self.call("ListBucket", prefix)))?;
            for object in page.contents.unwrap_or_default() {
                let size = object.size.unwrap_or_default().try_into().unwrap_or_default();
                listing.objects.extend(object.key.map(|key| (key, size)));
            }
            let folders = page.common_prefixes.unwrap_or_default();
            listing.folders.extend(folders.into_iter().filter_map(|folder| folder.prefix));
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(listing);
            }
        }
    }

    /// Calls again where S3 says that the bucket is.
    async fn follow<T, E: ProvideErrorMetadata + std::error::Error + 'static>(
        &self,
        call: impl AsyncFn(&Client) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T, AwsError> {
        let client = self.elsewhere.get().unwrap_or(&self.client);
        let error = match call(client).await {
            Ok(output) => return Ok(output),
            Err(error) => error,
        };
        let region = error.raw_response().and_then(|answer| answer.headers().get(BUCKET_REGION));
        match region {
            Some(region) if Some(region) != client.config().region().map(AsRef::as_ref) => {
                let region = Region::new(region.to_owned());
                let config = Builder::from(self.session.sdk_config()).region(region).build();
                let client = self.elsewhere.get_or_init(|| Client::from_conf(config));
                call(client).await.map_err(|error| AwsError::of(&error))
            }
            _ => Err(AwsError::of(&error)),
        }
    }

    fn call(&self, action: &str, key: &str) -> String {
        format!("s3:{action} s3://{}/{key}", self.name)
    }
}
