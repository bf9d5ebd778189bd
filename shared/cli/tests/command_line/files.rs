//! Files that cannot be read: each is an answer that says what is wrong with it.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};

use super::{DESCRIBED, EMPTY, json, root, rule_names, run};

fn compressed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn bad_files_are_answers_and_keep_no_other_from_its_own() {
    let listing = fs::read_to_string(root().join(DESCRIBED)).unwrap();
    let whole = compressed(&listing);
    let utf_16: Vec<u8> =
        std::iter::once(0xfeff).chain(listing.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let folder = tempfile::tempdir().unwrap();
    for (name, content, problem) in [
        ("a.json", &b" \n"[..], "BadFile: the file is empty"),
        ("b.json", b"7", "file: found 7, and reads an event for a rule's function"),
        ("c.json", b"{}", "file: found an object without keys, and reads an event for a rule's function"),
        (
            "d.json",
            br#"{"SecurityGroups":[]}"#,
            &format!("which rule? The file names no rule; say --rule, and one of {}", rule_names()),
        ),
        ("e.json", b"{", "BadFile: not JSON: EOF while parsing an object"),
        ("f.json", b"{\"a\":\"\xff\"}", "BadFile: not UTF-8"),
        ("g.json", &utf_16, "BadFile: UTF-16, as Windows PowerShell writes it; save it as UTF-8"),
        ("i.json", b"PK\x03\x04\xff", "BadFile: a zip archive; unpack it"),
        ("j.json", b"\x28\xb5\x2f\xfd", "BadFile: compressed with zstd"),
        ("h.json.gz", &whole[..whole.len() / 2], "BadFile: gzip, cut off or damaged"),
    ] {
        let bad = folder.path().join(name);
        fs::write(&bad, content).unwrap();
        let run = run(&["replay", bad.to_str().unwrap(), EMPTY]);
        assert_eq!(run.status, 2, "{name}");
        assert!(run.output.contains(problem), "{name}: {}", run.output);
        assert!(run.output.contains("1 COMPLIANT"), "{name}: {}", run.output);
    }
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("groups.json");
    let listing = fs::read_to_string(root().join(DESCRIBED)).unwrap();
    fs::write(&file, format!("\u{feff}{listing}")).unwrap();
    let answers = json(&["replay", "--rule", "security-group-exposure", file.to_str().unwrap()]);
    let expected = json(&["replay", "--rule", "security-group-exposure", DESCRIBED]);
    assert_eq!(answers[0]["annotation"], expected[0]["annotation"]);
}

#[test]
fn a_snapshot_tells_which_of_its_items_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("snapshot.json");
    fs::write(&file, r#"{"configurationItems":[{"resourceId":"i-0"},{}]}"#).unwrap();
    let answers = json(&["replay", "--rule", "security-group-exposure", file.to_str().unwrap()]);
    for (index, start) in ["item 1: missing field", "item 2: missing field"].iter().enumerate() {
        let message = answers[index]["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(start), "{message}");
    }
}
