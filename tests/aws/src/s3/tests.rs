//! Objects whole, in part, and broken off, over the wire.

use std::io::{self, Read, Write};

use super::*;
use crate::test_client::{Client, Received};
use config_rules_local::endpoint::Answer;

const AUTHORIZATION: (&str, &str) =
    ("authorization", "AWS4-HMAC-SHA256 Credential=ASIA111122223333ABCD/20260101/us-east-1/s3/aws4_request");

async fn start() -> S3 {
    let data = S3Data::default()
        .bucket("empty")
        .object("config", "a/b c+d.json.gz", "0123456789")
        .object("config", "ключ", "unicode")
        .object("config", "none", "")
        .deny("config", "denied");
    S3::start(data).await.unwrap()
}

async fn call(s3: &S3, method: &str, path: &str, header: (&str, &str)) -> io::Result<Received> {
    let mut client = Client::connect(s3.address()).await;
    client.send(method, path, &[AUTHORIZATION, header], "").await?;
    if method == "HEAD" { client.receive_head().await } else { client.receive().await }
}

async fn get(s3: &S3, path: &str, header: (&str, &str)) -> Received {
    call(s3, "GET", path, header).await.unwrap()
}

const NO_HEADER: (&str, &str) = ("x-amz-checksum-mode", "ENABLED");
const OBJECT: &str = "/config/a/b%20c%2Bd.json.gz";

#[tokio::test]
async fn objects_go_by_path_and_by_host() {
    let s3 = start().await;
    let in_path = get(&s3, &format!("{OBJECT}?x-id=GetObject"), NO_HEADER).await;
    assert_eq!((in_path.status, in_path.body.as_str()), (200, "0123456789"));
    assert_eq!(in_path.headers["content-type"], "binary/octet-stream");
    assert_eq!(in_path.headers.get("content-encoding"), None);
    assert_eq!(get(&s3, "/config/%D0%BA%D0%BB%D1%8E%D1%87", NO_HEADER).await.body, "unicode");
    assert_eq!(get(&s3, "/config/none", NO_HEADER).await.headers["content-length"], "0");
    let mut client = Client::connect_to(s3.address(), "config.s3.us-east-1.amazonaws.com").await;
    let in_host = client.call("GET", "/a/b%20c+d.json.gz", &[AUTHORIZATION], "").await.unwrap();
    assert_eq!((in_host.status, in_host.body.as_str()), (200, "0123456789"));
    assert_eq!(in_host.headers["etag"], in_path.headers["etag"]);
    assert_eq!(in_path.headers["etag"].len(), 34);
}

#[tokio::test]
async fn ranges_are_answered_as_partial_content() {
    let s3 = start().await;
    for (range, status, body, content_range) in [
        ("bytes=2-5", 206, "2345", Some("bytes 2-5/10")),
        ("bytes=-3", 206, "789", Some("bytes 7-9/10")),
        ("bytes=8-99", 206, "89", Some("bytes 8-9/10")),
        ("bytes=0-1,3-4", 200, "0123456789", None),
    ] {
        let answer = get(&s3, OBJECT, ("range", range)).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body), "{range}");
        assert_eq!(answer.headers.get("content-range").map(String::as_str), content_range, "{range}");
    }
    is_refused(&s3, OBJECT, ("range", "bytes=10-"), 416, "InvalidRange").await;
}

async fn is_refused(s3: &S3, path: &str, header: (&str, &str), status: u16, code: &str) {
    let answer = get(s3, path, header).await;
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.headers["content-type"], "application/xml");
    let start = format!(r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>"#);
    assert!(answer.body.starts_with(&start), "{answer:?}");
    let head = call(s3, "HEAD", path, header).await.unwrap();
    assert_eq!((head.status, head.body.as_str()), (status, ""));
}

#[tokio::test]
async fn what_is_not_there_or_forbidden_is_refused() {
    let s3 = start().await;
    is_refused(&s3, "/config/absent", NO_HEADER, 404, "NoSuchKey").await;
    is_refused(&s3, "/empty/key", NO_HEADER, 404, "NoSuchKey").await;
    is_refused(&s3, "/absent/key", NO_HEADER, 404, "NoSuchBucket").await;
    is_refused(&s3, "/config/denied", NO_HEADER, 403, "AccessDenied").await;
    is_refused(&s3, "/config", NO_HEADER, 501, "NotImplemented").await;
    is_refused(&s3, &format!("{OBJECT}?versionId=1"), NO_HEADER, 501, "NotImplemented").await;
    is_refused(&s3, OBJECT, ("if-match", "\"other\""), 412, "PreconditionFailed").await;
    let hiding = S3::start(S3Data::default().bucket("config").hide_missing()).await.unwrap();
    is_refused(&hiding, "/config/absent", NO_HEADER, 403, "AccessDenied").await;
    assert_eq!(call(&s3, "PUT", "/config/key", NO_HEADER).await.unwrap().status, 405);
    assert_eq!(Client::connect(s3.address()).await.get(OBJECT).await.unwrap().status, 403, "not signed");
}

#[tokio::test]
async fn head_has_the_same_headers_without_the_object() {
    let s3 = start().await;
    let got = get(&s3, OBJECT, NO_HEADER).await;
    let head = call(&s3, "HEAD", OBJECT, NO_HEADER).await.unwrap();
    for header in ["content-length", "etag", "last-modified", "accept-ranges"] {
        assert_eq!(head.headers[header], got.headers[header]);
    }
    let etag = ("if-match", head.headers["etag"].as_str());
    assert_eq!(get(&s3, OBJECT, etag).await.status, 200);
    let calls: Vec<_> = s3.calls().into_iter().map(|call| (call.action, call.permission)).collect();
    let permission = "s3:GetObject".to_owned();
    assert_eq!(calls[..2], [("GetObject".into(), permission.clone()), ("HeadObject".into(), permission)]);
}

#[tokio::test]
async fn files_and_generators_are_read_from_where_the_range_begins() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"0123456789").unwrap();
    let endless = |start: u64| {
        let skipped = usize::try_from(start % 10).unwrap();
        let digits: Vec<_> = (b'0'..=b'9').cycle().skip(skipped).take(200_000).collect();
        Ok(Box::new(io::Cursor::new(digits)) as Box<dyn Read + Send>)
    };
    let data = S3Data::default().object("b", "file", S3Object::file(file.path()).unwrap()).object(
        "b",
        "large",
        S3Object::generated(3 << 30, endless),
    );
    let s3 = S3::start(data).await.unwrap();
    assert_eq!(get(&s3, "/b/file", ("range", "bytes=7-")).await.body, "789");
    let answer = get(&s3, "/b/large", ("range", "bytes=2000000005-2000150004")).await;
    assert_eq!(answer.headers["content-range"], format!("bytes 2000000005-2000150004/{}", 3_u64 << 30));
    assert_eq!(answer.body.len(), 150_000);
    assert!(answer.body.starts_with("56789012"));
    let cut = call(&s3, "GET", "/b/large", NO_HEADER).await.unwrap_err();
    assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof, "the generator ends too early");
    assert!(S3Object::file("/nowhere").is_err());
}

#[tokio::test]
async fn breaks_off_on_demand_after_so_many_bytes() {
    let s3 = start().await;
    s3.inject([Fault::CutAfter(4)]);
    let mut client = Client::connect(s3.address()).await;
    client.send("GET", OBJECT, &[AUTHORIZATION], "").await.unwrap();
    let head = client.receive_head().await.unwrap();
    assert_eq!((head.status, head.headers["content-length"].as_str()), (200, "10"));
    assert_eq!(client.rest().await, "0123");
    assert_eq!(s3.calls()[0].answer, Answer::Fault(Fault::CutAfter(4)));
}

#[tokio::test]
async fn fails_on_demand_with_its_own_errors() {
    let s3 = start().await;
    for (fault, status, code) in [
        (Fault::Throttle, 503, "SlowDown"),
        (Fault::ServerError(500), 500, "InternalError"),
        (Fault::Denied, 403, "AccessDenied"),
    ] {
        s3.inject([fault.clone(), fault]);
        is_refused(&s3, OBJECT, NO_HEADER, status, code).await;
    }
}
