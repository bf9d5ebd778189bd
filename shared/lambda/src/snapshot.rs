//! A configuration snapshot in Amazon S3, read while it arrives: no part of it is kept longer than it takes to evaluate it.

use std::{
    io::{self, Read},
    ops::ControlFlow,
};

use bytes::Bytes;
use config_rules::{
    Error as EventError,
    item::{DamagedItem, RawItem},
    snapshot::read_items,
};
use config_rules_aws::{AwsError, Bucket, ByteStream, Session};
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

use crate::{error::Error, run::Pages};

/// How many items are evaluated together, at the most.
const PAGE: usize = 100;
/// A page with as many bytes has no further item: three of them are in memory, one of which is being read, and one evaluated.
const PAGE_BYTES: usize = 2 * 1024 * 1024;
/// How many pieces of the compressed file wait to be read.
const PIECES: usize = 8;

/// Items that were read.
#[derive(Default)]
struct Page {
    items: Vec<Result<RawItem, DamagedItem>>,
    bytes: usize,
}

impl Page {
    fn add(&mut self, item: Result<RawItem, DamagedItem>) {
        let configuration = item.as_ref().ok().and_then(|item| item.configuration.as_ref());
        self.bytes += configuration.map_or(0, |raw| raw.get().len());
        self.items.push(item);
    }

    fn is_full(&self) -> bool {
        self.items.len() == PAGE || self.bytes >= PAGE_BYTES
    }
}

/// The items of a snapshot.
pub(crate) struct Snapshot {
    pages: mpsc::Receiver<Page>,
    arrival: JoinHandle<Result<(), AwsError>>,
    reading: Option<JoinHandle<Result<(), EventError>>>,
    unreadable: Option<(usize, DamagedItem)>,
    /// The time by which the items are evaluated.
    at: Timestamp,
}

impl Snapshot {
    /// Begins to read.
    pub(crate) async fn open(
        session: &Session,
        bucket: &str,
        key: &str,
        at: Timestamp,
    ) -> Result<Self, Error> {
        let body = Bucket::new(session, bucket).get(key).await?;
        let (sender, pieces) = mpsc::channel(PIECES);
        let (found, pages_found) = mpsc::channel(1);
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        let arrival = tokio::spawn(async move { forward(body, sender, &bucket, &key).await });
        let reading = spawn_blocking(move || {
            let mut page = Page::default();
            let read = read_items(MultiGzDecoder::new(Arriving { pieces, current: Bytes::new() }), |item| {
                page.add(item);
                if !page.is_full() {
                    return ControlFlow::Continue(());
                }
                match found.blocking_send(std::mem::take(&mut page)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            });
            // Nobody may be there any more to evaluate it.
            let _ = found.blocking_send(page);
            read
        });
        Ok(Self { pages: pages_found, arrival, reading: Some(reading), unreadable: None, at })
    }

    /// What came of it all, once there are no more items. What did not arrive explains what could not be read.
    async fn end(&mut self) -> Result<(), Error> {
        let Some(reading) = self.reading.take() else {
            return Ok(());
        };
        let read = reading.await;
        if let Ok(Err(error)) = (&mut self.arrival).await {
            return Err(error.into());
        }
        read.map_err(|error| AwsError::ServiceUnavailable(error.to_string()))??;
        match self.unreadable.take() {
            None => Ok(()),
            Some((count, error)) => {
                let problem = format!("{count} items cannot be read, the first because of {error}");
                Err(EventError::malformed("snapshot", problem).into())
            }
        }
    }
}

impl Pages for Snapshot {
    async fn next(&mut self) -> Result<Option<Vec<(RawItem, Timestamp)>>, Error> {
        let Some(page) = self.pages.recv().await else {
            return self.end().await.map(|()| None);
        };
        let mut items = Vec::new();
        for item in page.items {
            match item {
                Ok(item) => {
                    let recorded = item.configuration_item_capture_time;
                    items.push((RawItem { configuration_item_capture_time: self.at, ..item }, recorded));
                }
                Err(error) => self.unreadable.get_or_insert((0, error)).0 += 1,
            }
        }
        Ok(Some(items))
    }
}

/// Hands on what arrives, as fast as it is read.
async fn forward(
    mut body: ByteStream,
    pieces: mpsc::Sender<Bytes>,
    bucket: &str,
    key: &str,
) -> Result<(), AwsError> {
    loop {
        match body.try_next().await {
            Ok(Some(piece)) => {
                if pieces.send(piece).await.is_err() {
                    return Ok(());
                }
            }
            Ok(None) => return Ok(()),
            Err(error) => {
                let error = AwsError::ServiceUnavailable(error.to_string());
                return Err(error.during(&format!("s3:GetObject s3://{bucket}/{key}")));
            }
        }
    }
}

/// What has arrived, for a reader on a thread of its own.
struct Arriving {
    pieces: mpsc::Receiver<Bytes>,
    current: Bytes,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.current = piece,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.current.len());
        buffer[..count].copy_from_slice(&self.current.split_to(count));
        Ok(count)
    }
}
