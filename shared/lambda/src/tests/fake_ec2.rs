//! An EC2 that knows what a test lets it know, and keeps what it is asked.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use config_rules::{
    ec2::SecurityGroup,
    facts::{Fact, FactRequest, FactSource, Facts},
    inventory::{Filter, Inventory, Page},
    item::RawItem,
};
use config_rules_aws::{AwsError, Session, Source};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The EC2 of the thread, and so of the test: a source is made from nothing but a session.
#[derive(Clone, Debug, Default)]
pub(super) struct FakeEc2(Rc<RefCell<Data>>);

#[derive(Debug, Default)]
struct Data {
    facts: Rc<Facts>,
    pages: Vec<Result<Vec<RawItem>, AwsError>>,
    look_ups: Vec<BTreeSet<FactRequest>>,
    /// What each listed page was filtered by.
    listings: Vec<Option<Filter>>,
}

thread_local!(static EC2: FakeEc2 = FakeEc2::default());

impl FakeEc2 {
    /// Groups that let in everybody by a prefix list, a network, nobody, and who knows whom.
    fn facts() -> Facts {
        let lets_in = |list: &str| json!({"ipPermissions": [{"prefixListIds": [{"prefixListId": list}]}]});
        let facts = json!({
            "securityGroups": {
                "sg-open": lets_in("pl-everybody"),
                "sg-network": lets_in("pl-network"),
                "sg-closed": {"ipPermissions": []},
                "sg-of-unknown-list": lets_in("pl-unknown"),
            },
            "prefixLists": {
                "pl-everybody": {"entries": ["192.0.2.0/24", "0.0.0.0/0"]},
                "pl-network": {"entries": ["192.0.2.0/24"]},
            },
        });
        Facts::from_json(&facts.to_string()).unwrap()
    }

    /// The EC2 of the test as it is now.
    pub(super) fn of_test() -> Self {
        EC2.with(Clone::clone)
    }

    /// Begins anew: a thread may run one test after another.
    pub(super) fn reset() {
        *Self::of_test().0.borrow_mut() = Data { facts: Rc::new(Self::facts()), ..Data::default() };
    }

    /// Changes what it knows.
    pub(super) fn know(&self, change: impl FnOnce(&mut Facts)) {
        change(Rc::make_mut(&mut self.0.borrow_mut().facts));
    }

    /// May not be asked about this group.
    pub(super) fn deny(&self, group: &str) {
        let why = "ec2:DescribeSecurityGroups: UnauthorizedOperation".to_owned();
        self.know(|facts| facts.set::<SecurityGroup>(group, Fact::Unavailable(why)));
    }

    /// Lists these instances, in pages of this size.
    pub(super) fn list(&self, items: &[Value], page: usize) {
        let item = |item: &Value| RawItem::from_json(&item.to_string()).unwrap();
        let pages = items.chunks(page).map(|page| Ok(page.iter().map(item).collect()));
        self.0.borrow_mut().pages = pages.collect();
    }

    /// The page of this index fails.
    pub(super) fn fail_page(&self, index: usize, error: AwsError) {
        self.0.borrow_mut().pages[index] = Err(error);
    }

    /// How many requests each look-up has had since this was last called.
    pub(super) fn take_look_ups(&self) -> Vec<usize> {
        self.take_requests().iter().map(BTreeSet::len).collect()
    }

    /// The requests of each look-up since this was last called.
    pub(super) fn take_requests(&self) -> Vec<BTreeSet<FactRequest>> {
        std::mem::take(&mut self.0.borrow_mut().look_ups)
    }

    /// How many pages were listed.
    pub(super) fn listings(&self) -> usize {
        self.0.borrow().listings.len()
    }

    /// What each page was filtered by.
    pub(super) fn filters(&self) -> Vec<Option<Filter>> {
        self.0.borrow().listings.clone()
    }
}

impl Source for FakeEc2 {
    fn new(_: &Session) -> Self {
        Self::of_test()
    }
}

impl FactSource for FakeEc2 {
    async fn look_up(&self, requests: &BTreeSet<FactRequest>) -> Facts {
        self.0.borrow_mut().look_ups.push(requests.clone());
        let facts = Rc::clone(&self.0.borrow().facts);
        facts.look_up(requests).await
    }
}

impl Inventory for FakeEc2 {
    type Error = AwsError;

    async fn page(
        &self,
        types: &[String],
        filter: Option<&Filter>,
        at: Timestamp,
        next: Option<String>,
    ) -> Result<Page, AwsError> {
        assert_eq!(types, ["AWS::EC2::Instance"]);
        let mut data = self.0.borrow_mut();
        data.listings.push(filter.cloned());
        let index: usize = next.map_or(0, |next| next.parse().unwrap());
        let items = data.pages.get(index).cloned().unwrap_or(Ok(Vec::new()))?.into_iter();
        let items = items.map(|item| RawItem { configuration_item_capture_time: at, ..item }).collect();
        let next = Some(index + 1).filter(|next| *next < data.pages.len()).map(|next| next.to_string());
        Ok(Page { items, next })
    }
}
