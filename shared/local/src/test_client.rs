//! The tests' HTTP client: raw bytes over one TCP connection, so that nothing between hides what the servers do.
#![allow(dead_code, reason = "the tests of two crates use it, each a part of it")]

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::connect_to(address, "127.0.0.1").await
    }

    /// Names another host than the one that it connects to.
    pub(crate) async fn connect_to(address: SocketAddr, host: &str) -> Self {
        let stream = BufReader::new(TcpStream::connect(address).await.unwrap());
        Self { stream, host: host.to_owned() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> io::Result<Received> {
        self.call("GET", path, &[], "").await
    }

    pub(crate) async fn post(&mut self, path: &str, body: &str) -> io::Result<Received> {
        self.call("POST", path, &[], body).await
    }

    pub(crate) async fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<Received> {
        self.send(method, path, headers, body).await?;
        self.receive().await
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<()> {
        let mut lines = String::new();
        for (name, value) in headers {
            lines = format!("{lines}{name}: {value}\r\n");
        }
        let (length, host) = (body.len(), &self.host);
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{lines}content-length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await
    }

    /// Reads one answer; `UnexpectedEof` when the connection ends before it.
    pub(crate) async fn receive(&mut self) -> io::Result<Received> {
        let head = self.receive_head().await?;
        let mut body = vec![0; head.headers["content-length"].parse().unwrap()];
        self.stream.read_exact(&mut body).await?;
        Ok(Received { body: String::from_utf8(body).unwrap(), ..head })
    }

    /// What comes until the connection ends, however it ends.
    pub(crate) async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest).await;
        String::from_utf8(rest).unwrap()
    }

    /// Reads one answer's status and headers.
    pub(crate) async fn receive_head(&mut self) -> io::Result<Received> {
        let status = self.line().await?.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        Ok(Received { status, headers, body: String::new() })
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
