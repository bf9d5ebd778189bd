//! Whose credentials sign the calls to AWS: metadata services, STS, a portal and profile files stand for where they are.

use std::{
    fs,
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Response, StatusCode},
    routing::{get, post, put},
};
use config_rules_local::Ec2;
use config_rules_test_aws::{Sts, StsData, StsRole};
use serde_json::json;
use tempfile::TempDir;

use crate::{BY_OWNER, Run, facts::Account};

const AUDITOR: &str = "arn:aws:iam::444455556666:role/auditor";
/// Where the token of `[sso-session people]` is cached: the name is SHA-1 of the session's.
const CACHED_TOKEN: &str = ".aws/sso/cache/ab3ccc8dba2a0cf7a1ce4d830bb8a6238ff03833.json";
const FAR: &str = "2126-01-01T00:00:00Z";

const CONFIG: &str = "
[default]
region = eu-central-1
aws_access_key_id = AKIDCONFIGFILE
aws_secret_access_key = invented
[profile other]
region = eu-west-3
aws_access_key_id = AKIDOTHER
aws_secret_access_key = invented
[profile role]
role_arn = arn:aws:iam::444455556666:role/auditor
source_profile = other
[profile instance-role]
role_arn = arn:aws:iam::444455556666:role/auditor
credential_source = Ec2InstanceMetadata
[profile process]
credential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"AKIDPROCESS\", \"SecretAccessKey\": \"invented\"}'
[profile process-fails]
credential_process = echo locked >&2; exit 3
[profile sso]
sso_session = people
sso_account_id = 111122223333
sso_role_name = auditor
[sso-session people]
sso_region = us-east-1
sso_start_url = https://example.com/start
[profile role-of-sso]
role_arn = arn:aws:iam::444455556666:role/auditor
source_profile = sso
[profile login]
login_session = arn:aws:iam::111122223333:user/somebody
[profile dangling]
role_arn = arn:aws:iam::444455556666:role/auditor
source_profile = nowhere
";

/// An account, with everything around it that hands out credentials. Only what is named in the environment is found.
struct World {
    account: Account,
    sts: Sts,
    home: TempDir,
    /// The metadata services of instances and containers, the portal of IAM Identity Center, and STS for web identities.
    url: String,
}

type Environment<'a> = Vec<(&'a str, String)>;

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let role = StsRole::new("444455556666", "auditor").trusts("arn:aws:iam::111122223333:root");
        let sts = runtime.block_on(Sts::start(StsData::default().role(role))).unwrap();
        let world = Self { account: Account::new(), sts, home: tempfile::tempdir().unwrap(), url: serve() };
        world.write("config", CONFIG);
        world
    }

    /// Writes a file in the home folder.
    fn write(&self, name: &str, text: &str) -> String {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The profiles, of which this one is chosen.
    fn profile(&self, name: &str) -> Environment<'_> {
        let config = self.home.path().join("config").to_str().unwrap().to_owned();
        vec![
            ("AWS_CONFIG_FILE", config),
            ("AWS_PROFILE", name.to_owned()),
            ("AWS_REGION", "eu-west-3".into()),
            ("AWS_ENDPOINT_URL_STS", self.sts.endpoint()),
            ("AWS_ENDPOINT_URL_SSO", self.url.clone()),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", self.url.clone()),
        ]
    }

    fn sso_token(&self, token: &str, expires: &str) {
        let cached = json!({ "accessToken": token, "expiresAt": expires, "region": "us-east-1" });
        self.write(CACHED_TOKEN, &cached.to_string());
    }

    fn run(&self, environment: &Environment) -> Run {
        let mut command = self.account.command(&[BY_OWNER]);
        command.env("HOME", self.home.path()).env("PATH", "/usr/bin:/bin");
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        command.output().unwrap().into()
    }

    /// The access key id and the Region that signed the calls to EC2.
    #[track_caller]
    fn signer(&self, environment: &Environment) -> (String, String) {
        let run = self.run(environment);
        assert_eq!((run.status, run.error.as_str()), (0, ""));
        let mut signers = signers(&self.account.ec2);
        assert_eq!(signers.len(), 1, "{signers:?}");
        signers.remove(0)
    }

    /// In one line, soon, and without asking AWS.
    #[track_caller]
    fn is_refused(&self, environment: &Environment, why: &str) {
        let start = Instant::now();
        let run = self.run(environment);
        assert_eq!(run.status, 2, "{}", run.error);
        assert!(run.error.starts_with("config-rules: ") && run.error.lines().count() == 1, "{}", run.error);
        assert!(run.error.contains(why), "{why}: {}", run.error);
        assert_eq!(signers(&self.account.ec2), []);
        assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    }
}

fn signers(ec2: &Ec2) -> Vec<(String, String)> {
    let mut signers: Vec<_> =
        ec2.take_calls().into_iter().map(|call| (call.caller.access_key_id, call.caller.region)).collect();
    signers.dedup();
    signers
}

/// What hands out credentials over HTTP, and as the portal and as an instance wants to see a token.
fn serve() -> String {
    let answer = |status: u16, body: String| {
        let response = Response::builder().header("x-amzn-errortype", "UnauthorizedException");
        response.status(StatusCode::from_u16(status).unwrap()).body(Body::from(body)).unwrap()
    };
    let credentials = |key: &str| {
        json!({ "Code": "Success", "AccessKeyId": key, "SecretAccessKey": "invented", "Token": "invented",
                "Expiration": FAR, "LastUpdated": "2026-01-01T00:00:00Z" })
        .to_string()
    };
    let metadata = move |headers: HeaderMap, body: String| async move {
        let known = headers.get("x-aws-ec2-metadata-token").is_some_and(|token| token == "of-imds");
        if known { answer(200, body) } else { answer(401, String::new()) }
    };
    let token = || async { ([("x-aws-ec2-metadata-token-ttl-seconds", "21600")], "of-imds") };
    let portal = move |headers: HeaderMap| async move {
        let known = headers.get("x-amz-sso_bearer_token").is_some_and(|token| token == "of-portal");
        let role = json!({ "accessKeyId": "AKIDSSO", "secretAccessKey": "invented", "sessionToken": "invented",
                           "expiration": 4_922_942_400_000_u64 });
        if known {
            answer(200, json!({ "roleCredentials": role }).to_string())
        } else {
            answer(401, json!({ "message": "Session token not found or invalid" }).to_string())
        }
    };
    let web_identity = format!(
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKIDWEBIDENTITY</AccessKeyId>\
         <SecretAccessKey>invented</SecretAccessKey><SessionToken>invented</SessionToken>\
         <Expiration>{FAR}</Expiration></Credentials></AssumeRoleWithWebIdentityResult>\
         </AssumeRoleWithWebIdentityResponse>"
    );
    let roles = "/latest/meta-data/iam/security-credentials/";
    let router = Router::new()
        .route("/latest/api/token", put(token))
        .route("/latest/meta-data/placement/region", get(move |h| metadata(h, "eu-west-1".into())))
        .route(roles, get(move |h| metadata(h, "of-instance".into())))
        .route(&format!("{roles}of-instance"), get(move |h| metadata(h, credentials("AKIDINSTANCE"))))
        .route("/container", get(move || async move { credentials("AKIDCONTAINER") }))
        .route("/federation/credentials", get(portal))
        .route("/", post(move || async move { web_identity }));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), router).await.unwrap();
        });
    });
    format!("http://{address}")
}

#[test]
fn each_source_of_credentials_goes_before_those_that_stand_below_it_in_the_readme() {
    let world = World::new();
    let url = &world.url;
    let shared = "[default]\naws_access_key_id = AKIDCREDENTIALSFILE\naws_secret_access_key = invented\n";
    let added: [(Environment, &str, &str); 7] = [
        (vec![("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.clone())], "AKIDINSTANCE", "eu-west-1"),
        (
            vec![("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{url}/container"))],
            "AKIDCONTAINER",
            "eu-west-1",
        ),
        (
            vec![
                ("AWS_WEB_IDENTITY_TOKEN_FILE", world.write("token", "invented")),
                ("AWS_ROLE_ARN", AUDITOR.into()),
                ("AWS_ENDPOINT_URL_STS", url.clone()),
            ],
            "AKIDWEBIDENTITY",
            "eu-west-1",
        ),
        (vec![("AWS_CONFIG_FILE", world.write("config", CONFIG))], "AKIDCONFIGFILE", "eu-central-1"),
        (
            vec![("AWS_SHARED_CREDENTIALS_FILE", world.write("credentials", shared))],
            "AKIDCREDENTIALSFILE",
            "eu-central-1",
        ),
        (vec![("AWS_PROFILE", "other".into())], "AKIDOTHER", "eu-west-3"),
        (
            vec![
                ("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT".into()),
                ("AWS_SECRET_ACCESS_KEY", "invented".into()),
                ("AWS_REGION", "us-east-1".into()),
            ],
            "AKIDENVIRONMENT",
            "us-east-1",
        ),
    ];
    let mut environment = Environment::new();
    for (source, key, region) in added {
        environment.extend(source);
        assert_eq!(world.signer(&environment), (key.into(), region.into()));
    }
}

#[test]
fn profiles_of_every_kind_sign() {
    let world = World::new();
    world.sso_token("of-portal", FAR);
    for (profile, key) in [("process", "AKIDPROCESS"), ("sso", "AKIDSSO")] {
        assert_eq!(world.signer(&world.profile(profile)).0, key, "{profile}");
    }
    for (profile, source) in
        [("role", "AKIDOTHER"), ("instance-role", "AKIDINSTANCE"), ("role-of-sso", "AKIDSSO")]
    {
        let (signer, _) = world.signer(&world.profile(profile));
        let assumed = world.sts.with(|sts| sts.assumed_roles()).pop().unwrap();
        assert_eq!((assumed.access_key_id.as_str(), assumed.role_arn.as_str()), (source, AUDITOR));
        assert_eq!(assumed.granted, Some(signer), "{profile}");
    }
}

#[test]
fn credentials_that_cannot_be_had_are_told_before_aws_is_asked() {
    let world = World::new();
    let mut nothing = vec![("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1".into())];
    world.is_refused(&nothing, "which Region?");
    nothing.push(("AWS_REGION", "us-east-1".into()));
    world.is_refused(&nothing, "no AWS credentials in the environment, in profile `default`");
    // A network that swallows what is sent to the metadata service: connected by the backlog, and never answered.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    nothing[0].1 = format!("http://{}", silent.local_addr().unwrap());
    world.is_refused(&nothing, "no AWS credentials in the environment");

    world.is_refused(&world.profile("prod"), "there is no profile `prod`, which AWS_PROFILE names");
    world.is_refused(
        &world.profile("process-fails"),
        "external process exited with code exit status: 3. Stderr: locked; correct that",
    );
    world.is_refused(&world.profile("login"), "sign in: aws login --profile login");
    world.is_refused(&world.profile("sso"), "sign in: aws sso login --profile sso");
    world.sso_token("of-portal", "2026-01-01T00:00:00Z");
    world.is_refused(
        &world.profile("role-of-sso"),
        "has expired and cannot be refreshed; sign in: aws sso login",
    );
    world.sso_token("revoked", FAR);
    world.is_refused(
        &world.profile("sso"),
        "credentials: UnauthorizedException: Session token not found or invalid; sign in",
    );
    world.sts.with(|sts| *sts = StsData::default());
    world.is_refused(&world.profile("role"), "no AWS credentials: AccessDenied: User: ");
    let mut elsewhere = world.profile("dangling");
    elsewhere.push(("AWS_EC2_METADATA_DISABLED", "true".into()));
    world.is_refused(&elsewhere, "could not find source profile nowhere referenced from dangling");
    world.write("config", "[default\nregion = us-east-1");
    world.is_refused(&world.profile("default"), "config on line 1");
}
