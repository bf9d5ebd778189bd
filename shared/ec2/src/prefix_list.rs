//! Managed prefix lists, whether the account's, shared with it or AWS's own: their entries and their names.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{Client, types::ManagedPrefixList};
use config_rules::facts::PrefixList;
use config_rules_aws::Answer;

use crate::call::{Answers, BATCH, ask};

/// Looks up the prefix lists. A list without its name is known all the same, but not for long.
pub(crate) async fn look_up(client: &Client, ids: &BTreeSet<String>) -> BTreeMap<String, Answer<PrefixList>> {
    let (entries, lists) = tokio::join!(entries(client, ids), lists(client, ids));
    let answer = |id: &String| {
        let entries_of = entries.items.iter().find(|(of, _)| of == id);
        let list = entries_of
            .map(|(_, entries)| PrefixList { name: name(id, &lists.items), entries: entries.clone() });
        let failures = [&entries.failed, &lists.failed].into_iter().filter_map(|failed| failed.get(id));
        (id.clone(), Answer::new(list, failures))
    };
    ids.iter().map(answer).collect()
}

/// All entries of each list; the action takes one list only.
async fn entries(client: &Client, ids: &BTreeSet<String>) -> Answers<(String, Vec<String>)> {
    ask("GetManagedPrefixListEntries", 1, ids, async |ids| {
        let mut lists = Vec::new();
        for id in ids {
            let call = client.get_managed_prefix_list_entries().prefix_list_id(&id);
            let entries = call.into_paginator().items().send().try_collect().await?;
            // An entry without its block must not vanish: what is left of the list would look smaller than it is.
            lists.push((id, entries.into_iter().map(|entry| entry.cidr.unwrap_or_default()).collect()));
        }
        Ok(lists)
    })
    .await
}

async fn lists(client: &Client, ids: &BTreeSet<String>) -> Answers<ManagedPrefixList> {
    ask("DescribeManagedPrefixLists", BATCH, ids, async |ids| {
        let call = client.describe_managed_prefix_lists().set_prefix_list_ids(Some(ids));
        Ok(call.into_paginator().items().send().try_collect().await?)
    })
    .await
}

fn name(id: &str, lists: &[ManagedPrefixList]) -> Option<String> {
    lists.iter().find(|list| list.prefix_list_id() == Some(id))?.prefix_list_name.clone()
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{Fact, FactRequest, FactSource};

    use super::*;
    use crate::fake_ec2::{FakeEc2, items, refused};

    fn requests(ids: &[&str]) -> BTreeSet<FactRequest> {
        ids.iter().map(|id| FactRequest::PrefixList((*id).to_owned())).collect()
    }

    fn entry(cidr: &str) -> String {
        format!("<item><cidr>{cidr}</cidr></item>")
    }

    const LISTS: &str =
        "<item><prefixListId>pl-1</prefixListId><prefixListName>office</prefixListName></item>";

    #[tokio::test]
    async fn knows_all_pages_of_entries_and_the_name() {
        let fake = FakeEc2::start(|call| match (call.action(), call.value("NextToken")) {
            ("DescribeManagedPrefixLists", _) => items("prefixListSet", LISTS),
            (_, None) => {
                items("entrySet", &entry("192.0.2.0/24")).map(|xml| xml + "<nextToken>2</nextToken>")
            }
            (_, Some(_)) => items("entrySet", &entry("2001:db8::/32")),
        });
        let fake = fake.await;
        let facts = fake.ec2.look_up(&requests(&["pl-1", "pl-1"])).await;
        let entries = ["192.0.2.0/24", "2001:db8::/32"].map(str::to_owned).to_vec();
        let expected = PrefixList { name: Some("office".to_owned()), entries };
        assert_eq!(facts.prefix_list("pl-1"), Fact::Known(&expected));
        assert_eq!(fake.count("DescribeManagedPrefixLists"), 1);
        assert_eq!(fake.count("GetManagedPrefixListEntries"), 2);
    }

    #[tokio::test]
    async fn an_unknown_list_is_absent_and_the_others_are_known() {
        for code in ["InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound"] {
            let fake = FakeEc2::start(move |call| match call.action() {
                "DescribeManagedPrefixLists" if call.values("PrefixListId").contains(&"pl-2") => {
                    refused(code)
                }
                "DescribeManagedPrefixLists" => items("prefixListSet", LISTS),
                _ if call.value("PrefixListId") == Some("pl-2") => refused(code),
                _ => items("entrySet", &entry("192.0.2.0/24")),
            });
            let fake = fake.await;
            let facts = fake.ec2.look_up(&requests(&["pl-1", "pl-2"])).await;
            assert!(matches!(facts.prefix_list("pl-1"), Fact::Known(list) if list.name.is_some()));
            assert_eq!(facts.prefix_list("pl-2"), Fact::Absent);
            let calls = fake.calls();
            fake.ec2.look_up(&requests(&["pl-1", "pl-2"])).await;
            assert_eq!(fake.calls(), calls, "both are kept");
        }
    }

    #[tokio::test]
    async fn a_second_page_that_fails_leaves_no_part_of_the_list() {
        let fake = FakeEc2::start(|call| match (call.action(), call.value("NextToken")) {
            ("DescribeManagedPrefixLists", _) => items("prefixListSet", LISTS),
            (_, None) => {
                items("entrySet", &entry("192.0.2.0/24")).map(|xml| xml + "<nextToken>2</nextToken>")
            }
            (_, Some(_)) => refused("InternalFailure"),
        });
        let facts = fake.await.ec2.look_up(&requests(&["pl-1"])).await;
        assert!(matches!(facts.prefix_list("pl-1"), Fact::Unavailable(_)));
        assert_eq!(facts.unavailable()["pl-1"], "ec2:GetManagedPrefixListEntries: InternalFailure");
    }

    #[tokio::test]
    async fn without_its_name_it_is_known_and_asked_for_again() {
        let fake = FakeEc2::start(|call| match call.action() {
            "DescribeManagedPrefixLists" => refused("UnauthorizedOperation"),
            _ => items("entrySet", &entry("192.0.2.0/24")),
        });
        let fake = fake.await;
        for look_ups in 1..=2 {
            let facts = fake.ec2.look_up(&requests(&["pl-1"])).await;
            assert!(matches!(facts.prefix_list("pl-1"), Fact::Known(list) if list.name.is_none()));
            assert_eq!(fake.count("GetManagedPrefixListEntries"), look_ups);
        }
    }

    #[tokio::test]
    async fn an_entry_without_a_block_makes_the_list_unreadable() {
        let fake = FakeEc2::start(|call| match call.action() {
            "DescribeManagedPrefixLists" => items("prefixListSet", LISTS),
            _ => items("entrySet", "<item><description>?</description></item>"),
        });
        let facts = fake.await.ec2.look_up(&requests(&["pl-1"])).await;
        assert!(matches!(facts.prefix_list("pl-1"), Fact::Known(list) if list.blocks().is_none()));
    }
}
