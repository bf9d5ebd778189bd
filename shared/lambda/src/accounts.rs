//! The accounts that a function reports to: its own, and those whose rules it serves with a role of theirs.

use std::{cell::RefCell, collections::BTreeMap, env, rc::Rc};

use config_rules::{event::Event, policy::ExecutionRole};
use config_rules_aws::{Role, Session, Source};

use crate::{config_service::ConfigService, error::Error};

/// AWS Config and the source of facts of one account: reads and reports have the same credentials.
#[derive(Debug)]
pub(crate) struct Account<S> {
    pub(crate) config_service: ConfigService,
    pub(crate) source: S,
    pub(crate) session: Session,
}

impl<S: Source> Account<S> {
    fn new(session: Session) -> Self {
        Self { config_service: ConfigService::new(&session), source: S::new(&session), session }
    }

    /// The same account, whose source was told nothing yet: what it was told before may just have changed.
    pub(crate) fn afresh(&self) -> Rc<Self> {
        let (config_service, session) = (self.config_service.clone(), self.session.clone());
        Rc::new(Self { config_service, source: S::new(&session), session })
    }
}

/// What the function's environment says of accounts.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// What the trust policies of other accounts' roles ask for, if they do.
    pub(crate) external_id: Option<String>,
    /// The account of the function's credentials. It counts only where Lambda is emulated.
    pub(crate) account_id: Option<String>,
}

impl Environment {
    pub(crate) fn read() -> Self {
        // What a template leaves open is empty under `sam local`.
        let variable = |name| env::var(name).ok().filter(|text| !text.is_empty());
        Self { external_id: variable("CONFIG_RULES_EXTERNAL_ID"), account_id: variable("AWS_ACCOUNT_ID") }
    }
}

/// The accounts that were reported to since the function started.
#[derive(Debug)]
pub(crate) struct Accounts<S> {
    own: Rc<Account<S>>,
    others: RefCell<BTreeMap<Role, Rc<Account<S>>>>,
    session_name: String,
    environment: Environment,
}

impl<S: Source> Accounts<S> {
    pub(crate) fn new(session: Session, rule: &str, environment: Environment) -> Self {
        Self {
            own: Rc::new(Account::new(session)),
            others: RefCell::default(),
            session_name: format!("config-rules-{rule}"),
            environment,
        }
    }

    pub(crate) fn own(&self) -> &Rc<Account<S>> {
        &self.own
    }

    /// The account that owns the rule. Where it is the function's own, its own role reports; the role that AWS Config itself
    /// uses there, and that the event names, can be assumed by nobody else.
    pub(crate) async fn of(
        &self,
        event: &Event,
        role: Option<&ExecutionRole>,
        function_arn: &str,
    ) -> Result<Rc<Account<S>>, Error> {
        let function = Arn::of(function_arn);
        let own = self.environment.account_of(&function)?;
        let account_id = event.account_id.as_deref().unwrap_or(own);
        if account_id == own || own.is_empty() {
            return Ok(Rc::clone(&self.own));
        }
        let role = role.ok_or_else(|| Error::NoExecutionRole {
            account_id: account_id.to_owned(),
            function: own.to_owned(),
            hint: if function.is_emulated() { EMULATED_HINT } else { "" },
        })?;
        self.with_role(Role {
            arn: format!("arn:{}:iam::{account_id}:role/{}", function.partition, role.name),
            session_name: self.session_name.clone(),
            external_id: self.environment.external_id.clone(),
        })
        .await
    }

    async fn with_role(&self, role: Role) -> Result<Rc<Account<S>>, Error> {
        if let Some(known) = self.others.borrow().get(&role) {
            return Ok(Rc::clone(known));
        }
        let session = Box::pin(self.own.session.assume(&role)).await?;
        let account = Rc::new(Account::new(session));
        self.others.borrow_mut().insert(role, Rc::clone(&account));
        Ok(account)
    }
}

/// The account that Lambda's emulator (`aws-lambda-rie`), and with it `sam local`, writes into the ARN of every function.
/// It cannot be told another one.
const EMULATED: &str = "012345678912";

const EMULATED_HINT: &str =
    ". Lambda's emulator does not know whose the function is: AWS_ACCOUNT_ID in its environment says so";

impl Environment {
    /// The account of a function: its ARN's, whatever the environment says, but where Lambda is emulated.
    fn account_of<'a>(&'a self, function: &Arn<'a>) -> Result<&'a str, Error> {
        match self.account_id.as_deref() {
            Some(id) if function.is_emulated() => {
                let is_id = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
                is_id.then_some(id).ok_or_else(|| Error::InvalidEnvironment(id.to_owned()))
            }
            _ => Ok(function.account_id),
        }
    }
}

/// What an ARN says of where something is.
struct Arn<'a> {
    partition: &'a str,
    account_id: &'a str,
}

impl<'a> Arn<'a> {
    fn of(text: &'a str) -> Self {
        let mut parts = text.split(':').skip(1);
        Self { partition: parts.next().unwrap_or("aws"), account_id: parts.nth(2).unwrap_or_default() }
    }

    fn is_emulated(&self) -> bool {
        self.account_id == EMULATED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_says_where_something_is() {
        let arn = Arn::of("arn:aws-cn:lambda:cn-north-1:111122223333:function:approved-ami:live");
        assert_eq!((arn.partition, arn.account_id), ("aws-cn", "111122223333"));
        assert_eq!(Arn::of("").account_id, "");
    }
}
