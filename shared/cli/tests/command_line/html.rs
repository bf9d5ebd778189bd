//! The HTML report, as a browser shows it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{browser::Browser, run};

/// Writes what a report would have to be ashamed of into the title.
const HOSTILE: [&str; 6] = [
    "</script><script>document.title='pwned'</script>",
    "<img src=x onerror=\"document.title='pwned'\">",
    "<svg onload=\"document.title='pwned'\">",
    "\"'`${document.title='pwned'}--><!--",
    "\u{2028}\u{2029}{{rows}}{{script}}",
    "\u{202e}txt.exe\u{2066}",
];

fn group(id: &str, name: &str, account: &str, region: &str, source: &str) -> Value {
    let ranges = json!([{"cidrIp": source, "description": name}]);
    let permission = json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipv4Ranges": ranges});
    json!({
        "resourceType": "AWS::EC2::SecurityGroup",
        "resourceId": id,
        "resourceName": name,
        "ARN": format!("arn:aws:ec2:{region}:{account}:security-group/{id}"),
        "awsAccountId": account,
        "awsRegion": region,
        "configurationItemStatus": "OK",
        "configurationItemCaptureTime": "2026-07-20T16:05:27.827Z",
        "tags": {"Name": name},
        "configuration": {"groupId": id, "groupName": name, "ipPermissions": [permission]},
    })
}

/// Of this many groups in each of three accounts, every other is open; none has an owner.
fn fleet(size: usize) -> Vec<Value> {
    let accounts =
        [("111122223333", "us-east-1"), ("222233334444", "eu-west-1"), ("333344445555", "eu-west-1")];
    let group = |(number, (account, region)): (usize, (&str, &str))| {
        let source = if number.is_multiple_of(2) { "0.0.0.0/0" } else { "10.0.0.0/8" };
        group(&format!("sg-{account}{number:x}"), &format!("web-{number}"), account, region, source)
    };
    (0..size).flat_map(|number| accounts.map(|account| (number, account))).map(group).collect()
}

/// The report on these items, by two rules.
fn report(items: &[Value]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, page) = (folder.path().join("snapshot.json"), folder.path().join("report.html"));
    let text =
        json!({"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": items}).to_string();
    fs::write(&snapshot, text).unwrap();
    write(&page, &[snapshot.to_str().unwrap()]);
    (folder, page)
}

fn write(page: &Path, files: &[&str]) {
    let report = format!("html={}", page.display());
    let rules = ["--rule", "security-group-exposure", "--rule", r#"required-tags={"requiredTags":"Owner"}"#];
    let run = run(&[&["replay", "--summary", "--report", &report], &rules[..], files].concat());
    assert!(page.is_file(), "{}", run.error);
}

/// The cells of the rows that are there, each on a line of its own.
const ROWS: &str = "[...document.querySelectorAll('#rows tbody td')].map(cell => cell.innerText).join('\\n')";

/// Presses the button that has this key.
fn click(browser: &mut Browser, key: &str) {
    let selector =
        format!("[...document.querySelectorAll('[data-key]')].find(one => one.dataset.key === {key:?})");
    browser.evaluate(&format!("{selector}.click()"));
}

fn text(browser: &mut Browser, id: &str) -> String {
    browser.evaluate(&format!("document.getElementById({id:?}).innerText")).as_str().unwrap().to_owned()
}

#[test]
fn totals_filters_and_keys() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = report(&fleet(10));
    browser.resize(1400, 900);
    browser.open(&page, "");
    assert_eq!(text(&mut browser, "headline"), "30 of 30 resources are NON_COMPLIANT (100%)");
    let origin = text(&mut browser, "origin");
    assert!(origin.contains(" UTC · 1 file, 30 resources, 2 Config rules, 3 accounts"), "{origin}");
    assert_eq!(text(&mut browser, "count"), "45 results");
    assert!(text(&mut browser, "tiles").contains("15\nCritical"), "{}", text(&mut browser, "tiles"));
    assert!(text(&mut browser, "left-out").starts_with("Not listed: 15 results COMPLIANT"));

    click(&mut browser, "cell 222233334444 security-group-exposure");
    assert_eq!(text(&mut browser, "count"), "5 of 45 results");
    let rows = browser.evaluate(ROWS);
    assert!(!rows.as_str().unwrap().contains("111122223333"), "{rows}");
    assert!(rows.as_str().unwrap().contains("tcp/22 from 0.0.0.0/0"), "{rows}");
    let address = browser.evaluate("location.hash");
    assert_eq!(address, "#rule=security-group-exposure&account=222233334444");

    browser.evaluate("document.getElementById('clear').click()");
    assert_eq!(text(&mut browser, "count"), "45 results");
    click(&mut browser, "sort account");
    assert_eq!(browser.evaluate("location.hash"), "#sort=account");
    assert_eq!(browser.evaluate("document.querySelector('th.account').ariaSort"), "ascending");
    click(&mut browser, "sort account");
    assert_eq!(
        browser.evaluate("document.querySelector('#rows td.account .first').innerText"),
        "333344445555"
    );

    // By keyboard: search, go down, open, close.
    browser.press("/");
    assert_eq!(browser.evaluate("document.activeElement.id"), "query");
    browser.call("Input.insertText", &json!({"text": "SECURITY-group/sg-1111222233334 web-4"}));
    browser.wait("document.getElementById('count').innerText === '2 of 45 results'");
    browser.press("ArrowDown");
    browser.press("ArrowDown");
    browser.press("Enter");
    let detail = text(&mut browser, "detail");
    for part in
        ["arn:aws:ec2:us-east-1:111122223333:security-group/sg-1111222233334", "What to do", "2026-07-20"]
    {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    browser.press("Escape");
    assert_eq!(browser.evaluate("document.getElementById('detail').hidden"), true);
    assert_eq!(browser.evaluate("document.activeElement.className"), "id", "the focus is back in the list");
    assert_eq!(browser.complaints(), [Value::Null; 0]);
}

#[test]
fn an_address_holds_the_state() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = report(&fleet(10));
    browser.resize(1400, 900);
    browser.open(&page, "#severity=CRITICAL&region=eu-west-1&q=WEB-4&sort=-account&open=0");
    assert_eq!(text(&mut browser, "count"), "2 of 45 results");
    let rows = browser.evaluate(ROWS);
    assert!(rows.as_str().unwrap().starts_with("Critical\nsg-3333444455554"), "{rows}");
    assert!(text(&mut browser, "detail").contains("The filters leave this result out of the list."));
    assert!(text(&mut browser, "detail").contains("0.0.0.0/0"));
    // What is not there matches nothing, and is no mistake.
    browser.open(&page, "#account=<b>&open=99999&sort=constructor");
    assert_eq!(text(&mut browser, "count"), "0 of 45 results");
    assert!(text(&mut browser, "none").starts_with("No result matches"));
    assert_eq!(browser.complaints(), [Value::Null; 0]);
}

#[test]
fn hostile_names_stay_text() {
    let Some(mut browser) = Browser::start() else { return };
    let items: Vec<_> = HOSTILE.iter().map(|text| group(text, text, text, text, "0.0.0.0/0")).collect();
    let (_folder, page) = report(&items);
    browser.resize(1400, 900);
    for open in 0..2 * HOSTILE.len() {
        browser.open(&page, &format!("#open={open}&by=region"));
        assert_eq!(browser.evaluate("document.title"), "AWS Config rules: report");
        assert_eq!(
            browser.evaluate(
                "document.querySelectorAll('img, svg:not(.bar), body script + script + script + *').length"
            ),
            0
        );
        assert_eq!(browser.complaints(), [Value::Null; 0]);
    }
    let all = browser.evaluate("document.body.innerText");
    let all = all.as_str().unwrap();
    assert!(HOSTILE[..4].iter().all(|text| all.contains(text)), "{all}");
    assert!(all.contains("\\u{202e}txt.exe") && !all.contains('\u{202e}'), "{all}");
    for text in &HOSTILE[..4] {
        browser.evaluate(&format!("query = ''; select('account', [{}]); update()", json!(text)));
        assert_eq!(self::text(&mut browser, "count"), "2 of 12 results", "{text}");
        browser.evaluate(&format!("selected = {{}}; query = {}; update()", json!(text)));
        assert_eq!(self::text(&mut browser, "count"), "2 of 12 results", "{text}");
    }
    assert_eq!(browser.complaints(), [Value::Null; 0]);

    // Even if something became markup, the policy would not let it run or ask for anything.
    browser.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"https://192.0.2.1/x\" onerror=\"document.title=1\">')",
    );
    browser.wait("true");
    let complaints = browser.complaints();
    assert!(
        complaints.iter().any(|event| event.to_string().contains("Content Security Policy")),
        "{complaints:?}"
    );
    assert_eq!(browser.evaluate("document.title"), "AWS Config rules: report");
}

#[test]
fn phones_and_the_dark() {
    let Some(mut browser) = Browser::start() else { return };
    let mut items = fleet(20);
    let long = "x".repeat(250);
    items.push(group(&long, &long, "444455556666", "eu-west-1", "0.0.0.0/0"));
    let (_folder, page) = report(&items);
    let page_color = "getComputedStyle(document.documentElement).backgroundColor";
    for width in [320, 390, 768, 1024, 1400] {
        browser.resize(width, 800);
        for fragment in ["", "#open=0", &format!("#q={long}&open=60")] {
            browser.open(&page, fragment);
            let wide = browser
                .evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            assert_eq!(wide, 0, "{width}, {fragment}");
        }
    }
    let light = browser.evaluate(page_color);
    let dark = json!({"features": [{"name": "prefers-color-scheme", "value": "dark"}]});
    browser.call("Emulation.setEmulatedMedia", &dark);
    assert_ne!(light, browser.evaluate(page_color));
    assert_eq!(
        browser.evaluate("getComputedStyle(document.querySelector('select')).color"),
        "rgb(231, 235, 240)"
    );
    assert_eq!(browser.complaints(), [Value::Null; 0]);
}

#[test]
fn nothing_to_list_and_only_errors() {
    let Some(mut browser) = Browser::start() else { return };
    let (folder, page) = report(&[]);
    browser.open(&page, "");
    assert_eq!(text(&mut browser, "headline"), "Nothing was evaluated");
    assert_eq!(text(&mut browser, "none"), "There is nothing to list.");

    let broken = folder.path().join("broken.json");
    fs::write(&broken, "{").unwrap();
    write(&page, &[broken.to_str().unwrap()]);
    browser.open(&page, "");
    assert_eq!(text(&mut browser, "headline"), "Nothing could be evaluated");
    let rows = browser.evaluate(ROWS);
    assert!(rows.as_str().unwrap().contains("Not evaluated\nbroken.json"), "{rows}");
    assert_eq!(browser.complaints(), [Value::Null; 0]);
}

#[test]
fn what_is_cut_off_says_so() {
    let Some(mut browser) = Browser::start() else { return };
    let (_folder, page) = report(&fleet(300));
    let whole = fs::read_to_string(&page).unwrap();
    let data = whole.find("id=\"data\">").unwrap() + 1000;
    fs::write(&page, &whole[..data]).unwrap();
    browser.call("Page.navigate", &json!({"url": format!("file://{}", page.display())}));
    browser.wait("document.readyState === 'complete' && location.protocol === 'file:'");
    let seen = text(&mut browser, "fallback");
    assert!(seen.contains("1350 NON_COMPLIANT") && seen.contains("cut off"), "{seen}");
}

/// `CONFIG_RULES_REPORT_ROWS=200000` for the size that the page is made for.
#[test]
#[allow(clippy::print_stdout, reason = "figures for who asks for them")]
fn many_results_open_and_filter_at_once() {
    let Some(mut browser) = Browser::start() else { return };
    let rows = std::env::var("CONFIG_RULES_REPORT_ROWS").map_or(9_000, |rows| rows.parse().unwrap());
    // Each open group is listed twice, and each closed one once.
    let (_folder, page) = report(&fleet(rows * 2 / 9));
    let size = fs::metadata(&page).unwrap().len();
    browser.resize(1400, 900);
    browser.open(&page, "");
    let opened = browser.evaluate("Number(document.documentElement.dataset.ready)");
    let timed = |expression: &str| {
        format!(
            "(() => {{ const start = performance.now(); {expression}; document.body.offsetHeight; return Math.round(performance.now() - start); }})()"
        )
    };
    let account = browser.evaluate(&timed("select('account', ['222233334444']); update()"));
    let search = browser.evaluate(&timed("selected = {}; query = 'web-77'; update()"));
    let sort = browser.evaluate(&timed("query = ''; sort = 'reason'; update()"));
    let listed = text(&mut browser, "count");
    writeln!(
        std::io::stderr().lock(),
        "{listed}: {size} bytes, opened in {opened} ms; filter {account} ms, search {search} ms, sort by reason {sort} ms"
    )
    .unwrap();

    // To the end, where the last row is above the footer.
    let start = Instant::now();
    browser.evaluate("sort = '-severity'; update(); go(Math.floor(shown.length / 2))");
    browser.press("End");
    let last = browser.evaluate("document.activeElement.closest('tr').ariaRowIndex");
    assert_eq!(
        last,
        browser.evaluate("document.getElementById('rows').ariaRowCount"),
        "{:?}",
        start.elapsed()
    );
    let present = browser.evaluate("document.querySelectorAll('#rows tr').length");
    assert!(present.as_u64().unwrap() < 100, "{present}");
    assert_eq!(browser.complaints(), [Value::Null; 0]);
}
