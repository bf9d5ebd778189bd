//! Objects, which are read anew for each answer, as far as the answer goes.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Bytes that are read, and held in memory, at once.
const CHUNK: u64 = 64 * 1024;

type Open = dyn Fn(u64) -> io::Result<Box<dyn Read + Send>> + Send + Sync;

/// What is stored under a key. Its `ETag` is random, and stays the same.
pub struct S3Object {
    pub(super) size: u64,
    pub(super) etag: String,
    open: Box<Open>,
}

impl S3Object {
    /// The content of a file, which must not change.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn file(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let size = fs::metadata(&path)?.len();
        Ok(Self::generated(size, move |start| {
            let mut file = File::open(&path)?;
            file.seek(SeekFrom::Start(start))?;
            Ok(Box::new(file))
        }))
    }

    /// As many bytes as `size` says. What is read with the function's result begins at the byte that the function is
    /// called with; if it ends too early, so does the connection.
    pub fn generated(
        size: u64,
        open: impl Fn(u64) -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'static,
    ) -> Self {
        Self { size, etag: format!("\"{:032x}\"", fastrand::u128(..)), open: Box::new(open) }
    }

    /// So many bytes from the one with this index on.
    pub(super) fn stream(&self, start: u64, length: u64) -> io::Result<Stream> {
        Ok(Stream { reader: (self.open)(start)?, left: length })
    }
}

impl<T: Into<Bytes>> From<T> for S3Object {
    fn from(content: T) -> Self {
        let content = content.into();
        Self::generated(content.len() as u64, move |start| {
            let mut reader = Cursor::new(content.clone());
            reader.set_position(start);
            Ok(Box::new(reader))
        })
    }
}

impl fmt::Debug for S3Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Object").field("size", &self.size).field("etag", &self.etag).finish_non_exhaustive()
    }
}

/// A body that is read while it is sent.
pub(super) struct Stream {
    reader: Box<dyn Read + Send>,
    left: u64,
}

impl Stream {
    fn chunk(&mut self) -> io::Result<Bytes> {
        let size = self.left.min(CHUNK);
        let mut chunk = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        self.reader.by_ref().take(size).read_to_end(&mut chunk)?;
        if chunk.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= chunk.len() as u64;
        Ok(chunk.into())
    }
}

impl Body for Stream {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready((self.left > 0).then(|| self.chunk().map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
