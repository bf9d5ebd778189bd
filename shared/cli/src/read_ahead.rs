//! Reads on a thread of its own, so that decompressing a single file and evaluating it have a processor each.

use std::{
    io::{self, Cursor, Read},
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

/// How much is read at a time, and how many such pieces wait.
const PIECE: usize = 128 * 1024;
const WAITING: usize = 4;

pub(crate) struct ReadAhead {
    pieces: Receiver<io::Result<Vec<u8>>>,
    current: Cursor<Vec<u8>>,
}

impl ReadAhead {
    /// Begins to read. It ends early if nobody wants the rest.
    pub(crate) fn new(mut reader: Box<dyn Read + Send>) -> Self {
        let (sender, pieces) = sync_channel(WAITING);
        thread::spawn(move || {
            loop {
                let mut piece = vec![0; PIECE];
                let read = reader.read(&mut piece).map(|count| {
                    piece.truncate(count);
                    piece
                });
                // The reader of this end would try again, and find the end.
                if read.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {
                    continue;
                }
                let is_last = read.as_ref().map_or(true, Vec::is_empty);
                if sender.send(read).is_err() || is_last {
                    return;
                }
            }
        });
        Self { pieces, current: Cursor::default() }
    }
}

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.current.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        match self.pieces.recv() {
            Ok(piece) => self.current = Cursor::new(piece?),
            // The last piece was empty, or an error that has been said.
            Err(_) => return Ok(0),
        }
        self.current.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("damaged"))
        }
    }

    #[test]
    fn everything_arrives_and_so_does_an_error() {
        let text = vec![7; 3 * PIECE + 1];
        let mut read = Vec::new();
        ReadAhead::new(Box::new(Cursor::new(text.clone()))).read_to_end(&mut read).unwrap();
        assert!(read == text);

        let mut reader = ReadAhead::new(Box::new(Cursor::new(b"abc").chain(Broken)));
        let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "damaged");
    }
}
