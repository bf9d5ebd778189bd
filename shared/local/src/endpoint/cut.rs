//! An answer's body that breaks off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

/// As much of a body as is to be sent. Its length is still the whole body's.
pub(super) struct Cut {
    pub(super) body: Body,
    pub(super) left: u64,
    pub(super) waited: bool,
}

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.left > 0 {
            let frame = Pin::new(&mut self.body).poll_frame(context);
            return frame.map_ok(|frame| frame.map_data(|data| self.first(data)));
        }
        // What was sent so far is written out while a body waits, and thrown away when it fails.
        if !std::mem::replace(&mut self.waited, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(axum::Error::new(io::Error::from(io::ErrorKind::ConnectionAborted)))))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Cut {
    fn first(&mut self, mut data: Bytes) -> Bytes {
        data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= data.len() as u64;
        data
    }
}
