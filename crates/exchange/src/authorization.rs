//! Who may do what: one row for each operation. Every face asks [`authorize`] before it calls on; the rows are
//! compared with the served routes and with the published document by a test.

use hansa_model::participant::{Role, Scope};

use crate::principal::Principal;
use crate::{Error, Result};

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, or asks for an act.
    Post,
    /// Changes a part.
    Patch,
    /// Takes away.
    Delete,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether it changes something.
    #[must_use]
    pub const fn changes(self) -> bool {
        !matches!(self, Self::Get)
    }
}

/// How far an operation reaches. What is beyond is answered as if it did not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Everybody may call it, also without credentials; what is private is left out.
    Public,
    /// Every member sees the same, but for what is private.
    Member,
    /// Only what belongs to the caller's participant. Operators and auditors read everything.
    OwnParticipant,
    /// Only what belongs to the caller's projects. Operators and auditors read everything.
    OwnProject,
    /// Only somebody who is signed in in a browser, for their own account.
    Account,
    /// Only an agent, for its own services.
    Agent,
}

impl Reach {
    /// The name in the published document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Member => "member",
            Self::OwnParticipant => "own-participant",
            Self::OwnProject => "own-project",
            Self::Account => "own-account",
            Self::Agent => "agent",
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The operation.
    pub operation: Operation,
    /// Its identifier in the published document.
    pub id: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path; variable parts stand in braces.
    pub path: &'static str,
    /// What the token must be good for; nothing in particular when absent.
    pub scope: Option<Scope>,
    /// One of these roles is needed; any will do when empty.
    pub roles: &'static [Role],
    /// How far it reaches.
    pub reach: Reach,
}

/// Those who trade: everybody but auditors, who change nothing.
const TRADERS: &[Role] = &[Role::Buyer, Role::Provider, Role::Reseller, Role::Operator];
/// Those who buy: for themselves or for others.
const BUYERS: &[Role] = &[Role::Buyer, Role::Reseller];
const PROVIDERS: &[Role] = &[Role::Provider];
const SELLERS: &[Role] = &[Role::Provider, Role::Operator];
const OPERATORS: &[Role] = &[Role::Operator];
const OVERSEERS: &[Role] = &[Role::Operator, Role::Auditor];
const ANY: &[Role] = &[];

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $id:literal $method:ident $path:literal $reach:ident $roles:ident $scope:expr;)+) => {
        /// What can be asked of an exchange.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $($(#[$doc])* $name,)+
        }

        /// The table: one row for each operation.
        pub const RULES: &[Rule] = &[$(Rule {
            operation: Operation::$name,
            id: $id,
            method: Method::$method,
            path: $path,
            scope: $scope,
            roles: $roles,
            reach: Reach::$reach,
        },)+];
    };
}

operations! {
    /// Whether the process is alive.
    Health = "getHealth" Get "/healthz" Public ANY None;
    /// Whether requests can be served.
    Readiness = "getReadiness" Get "/readyz" Public ANY None;
    /// Figures for monitoring.
    Metrics = "getMetrics" Get "/metrics" Public ANY None;
    /// The document that describes the operations.
    Document = "getDocument" Get "/openapi.json" Public ANY None;
    /// The keys that quotes are signed with.
    SigningKeys = "getSigningKeys" Get "/.well-known/jwks.json" Public ANY None;

    /// Who the caller is.
    WhoAmI = "whoAmI" Get "/v1/whoami" OwnParticipant ANY None;
    /// Become a member.
    AcceptInvitation = "acceptInvitation" Post "/v1/invitations/accept" Public ANY None;
    /// What an invitation leads to. Body: InvitationCode.
    PreviewInvitation = "previewInvitation" Post "/v1/invitations/preview" Public ANY None;
    /// Get an invitation to an account for oneself.
    InviteSelf = "inviteSelf" Post "/v1/members/self/invitations" OwnParticipant ANY Some(Scope::Admin);

    /// What signing in can be done with.
    GetSignInOptions = "getSignInOptions" Get "/v1/sign-in" Public ANY None;
    /// Sign in with a password.
    SignInWithPassword = "signInWithPassword" Post "/v1/sign-in/password" Public ANY None;
    /// Go on with a code.
    SignInWithCode = "signInWithCode" Post "/v1/sign-in/code" Public ANY None;
    /// Begin to use a passkey.
    StartPasskeySignIn = "startPasskeySignIn" Post "/v1/sign-in/passkey/challenge" Public ANY None;
    /// Sign in with a passkey.
    SignInWithPasskey = "signInWithPasskey" Post "/v1/sign-in/passkey" Public ANY None;
    /// Go to an identity provider.
    StartProviderSignIn = "startProviderSignIn" Post "/v1/sign-in/provider" Public ANY None;
    /// Come back from an identity provider: `?state=&code=&error=&iss=`.
    FinishProviderSignIn = "finishProviderSignIn" Get "/v1/sign-in/callback" Public ANY None;
    /// Begin to make the passkey of a new account.
    StartSignUpPasskey = "startSignUpPasskey" Post "/v1/sign-up/passkey/challenge" Public ANY None;
    /// Make an account by an invitation.
    SignUp = "signUp" Post "/v1/sign-up" Public ANY None;
    /// Set new proofs by the code of a reset. Body: ResetAccount.
    ResetAccount = "resetAccount" Post "/v1/sign-up/reset" Public ANY None;
    /// Who is signed in.
    GetSession = "getSession" Get "/v1/session" Account ANY None;
    /// Act for another member, in fewer roles, for one tenant.
    SwitchSession = "switchSession" Patch "/v1/session" Account ANY None;
    /// Sign out.
    SignOut = "signOut" Delete "/v1/session" Account ANY None;
    /// Prove again who one is.
    ProveAgain = "proveAgain" Post "/v1/session/proof" Account ANY None;
    /// The caller's account.
    GetAccount = "getAccount" Get "/v1/account" Account ANY None;
    /// Get another password.
    SetPassword = "setPassword" Post "/v1/account/password" Account ANY None;
    /// Get a secret for an app that makes one-time codes.
    OfferOneTimeCodes = "offerOneTimeCodes" Post "/v1/account/one-time-codes" Account ANY None;
    /// Ask for one-time codes from now on.
    ActivateOneTimeCodes = "activateOneTimeCodes" Post "/v1/account/one-time-codes/activate" Account ANY None;
    /// Ask for one-time codes no more.
    StopOneTimeCodes = "stopOneTimeCodes" Delete "/v1/account/one-time-codes" Account ANY None;
    /// Get other recovery codes.
    RenewRecoveryCodes = "renewRecoveryCodes" Post "/v1/account/recovery-codes" Account ANY None;
    /// Begin to make another passkey.
    StartPasskey = "startPasskey" Post "/v1/account/passkeys/challenge" Account ANY None;
    /// Add a passkey.
    AddPasskey = "addPasskey" Post "/v1/account/passkeys" Account ANY None;
    /// Call a passkey something else.
    RenamePasskey = "renamePasskey" Patch "/v1/account/passkeys/{passkey}" Account ANY None;
    /// Remove a passkey.
    RemovePasskey = "removePasskey" Delete "/v1/account/passkeys/{passkey}" Account ANY None;
    /// Have an identity provider's word count no more.
    UnlinkIdentity = "unlinkIdentity" Delete "/v1/account/identities/{identity}" Account ANY None;
    /// Act for another participant as well.
    JoinParticipant = "joinParticipant" Post "/v1/account/memberships" Account ANY None;
    /// The account's sessions.
    ListSessions = "listSessions" Get "/v1/account/sessions" Account ANY None;
    /// End a session.
    EndSession = "endSession" Delete "/v1/account/sessions/{session}" Account ANY None;
    /// End every other session.
    EndOtherSessions = "endOtherSessions" Delete "/v1/account/sessions" Account ANY None;
    /// A device asks to be let in.
    CreateDeviceCode = "createDeviceCode" Post "/v1/device/codes" Public ANY None;
    /// A device asks whether it was let in.
    CreateDeviceToken = "createDeviceToken" Post "/v1/device/tokens" Public ANY None;
    /// The device that shows a code.
    GetDevice = "getDevice" Get "/v1/device/requests/{code}" Account ANY None;
    /// Let a device in.
    ApproveDevice = "approveDevice" Post "/v1/device/requests/{code}/approve" Account ANY None;
    /// Turn a device away.
    DenyDevice = "denyDevice" Post "/v1/device/requests/{code}/deny" Account ANY None;

    /// The participants.
    ListParticipants = "listParticipants" Get "/v1/participants" Member ANY Some(Scope::Read);
    /// Take a participant in.
    AdmitParticipant = "admitParticipant" Post "/v1/participants" Member OPERATORS Some(Scope::Admin);
    /// One participant.
    GetParticipant = "getParticipant" Get "/v1/participants/{participant}" Member ANY Some(Scope::Read);
    /// Make a new way in to a member's account.
    ResetMember = "resetMember" Post "/v1/members/{member}/resets" OwnParticipant TRADERS Some(Scope::Admin);
    /// Take a member away.
    RemoveMember = "removeMember" Delete "/v1/members/{member}" OwnParticipant TRADERS Some(Scope::Admin);
    /// Invite a member.
    InviteMember = "inviteMember" Post "/v1/participants/{participant}/invitations" OwnParticipant TRADERS
        Some(Scope::Admin);
    /// The members of the caller's participant.
    ListMembers = "listMembers" Get "/v1/members" OwnParticipant ANY Some(Scope::Read);
    /// The tokens of the caller's participant.
    ListTokens = "listTokens" Get "/v1/tokens" OwnParticipant ANY Some(Scope::Read);
    /// Make a token.
    CreateToken = "createToken" Post "/v1/tokens" OwnParticipant ANY Some(Scope::Admin);
    /// Revoke a token.
    RevokeToken = "revokeToken" Delete "/v1/tokens/{token}" OwnParticipant ANY Some(Scope::Admin);
    /// The projects of the caller's participant.
    ListProjects = "listProjects" Get "/v1/projects" OwnProject ANY Some(Scope::Read);
    /// Make a project.
    CreateProject = "createProject" Post "/v1/projects" OwnParticipant TRADERS Some(Scope::Admin);
    /// One project.
    GetProject = "getProject" Get "/v1/projects/{project}" OwnProject ANY Some(Scope::Read);
    /// Give a project other limits.
    SetProjectLimits = "setProjectLimits" Patch "/v1/projects/{project}" OwnProject TRADERS Some(Scope::Admin);

    /// The service kinds.
    ListKinds = "listKinds" Get "/v1/kinds" Public ANY None;
    /// The JSON Schema of applications.
    GetApplicationSchema = "getApplicationSchema" Get "/v1/schemas/application" Public ANY None;
    /// The sites.
    ListSites = "listSites" Get "/v1/sites" Public ANY None;
    /// Make a site.
    CreateSite = "createSite" Post "/v1/sites" OwnParticipant PROVIDERS Some(Scope::Catalogue);
    /// One site.
    GetSite = "getSite" Get "/v1/sites/{site}" Public ANY None;
    /// When providers work on their sites.
    ListMaintenance = "listMaintenance" Get "/v1/maintenance" Member ANY Some(Scope::Read);
    /// Plan to work on a site. Body: NewMaintenanceWindow.
    PlanMaintenance = "planMaintenance" Post "/v1/sites/{site}/maintenance" OwnParticipant PROVIDERS
        Some(Scope::Catalogue);
    /// Call a maintenance window off.
    CancelMaintenance = "cancelMaintenance" Delete "/v1/maintenance/{maintenance}" OwnParticipant PROVIDERS
        Some(Scope::Catalogue);
    /// The offers.
    ListOffers = "listOffers" Get "/v1/offers" Public ANY None;
    /// Publish an offer, or a new version of one.
    PublishOffer = "publishOffer" Post "/v1/offers" OwnParticipant PROVIDERS Some(Scope::Catalogue);
    /// Offers side by side.
    CompareOffers = "compareOffers" Get "/v1/offers/compare" Public ANY None;
    /// The catalogue as a file.
    ExportOffers = "exportOffers" Get "/v1/offers/export" Public ANY None;
    /// Take a catalogue file in.
    ImportOffers = "importOffers" Post "/v1/offers/import" OwnParticipant SELLERS Some(Scope::Catalogue);
    /// One offer.
    GetOffer = "getOffer" Get "/v1/offers/{offer}" Public ANY None;
    /// An offer as it was in one of its versions.
    GetOfferVersion = "getOfferVersion" Get "/v1/offers/{offer}/versions/{version}" Public ANY None;
    /// Withdraw an offer for good.
    RetireOffer = "retireOffer" Delete "/v1/offers/{offer}" OwnParticipant SELLERS Some(Scope::Catalogue);

    /// The DID document of the exchange.
    ExchangeDid = "getExchangeDid" Get "/.well-known/did.json" Public ANY None;
    /// The DID document of a participant.
    ParticipantDid = "getParticipantDid" Get "/participants/{participant}/did.json" Public ANY None;
    /// A status list of credentials that were issued here.
    StatusList = "getStatusList" Get "/trust/status/{list}" Public ANY None;
    /// A status list of credentials that a participant signed here.
    ParticipantStatusList = "getParticipantStatusList" Get "/participants/{participant}/status/{list}" Public ANY None;
    /// What is known of a participant, and what rule sets make of it.
    ParticipantTrust = "getParticipantTrust" Get "/v1/participants/{participant}/trust" Public ANY None;
    /// What is known of an offer.
    OfferTrust = "getOfferTrust" Get "/v1/offers/{offer}/trust" Public ANY None;
    /// Who owns and controls a participant.
    Ownership = "getOwnership" Get "/v1/participants/{participant}/ownership" Member ANY Some(Scope::Read);
    /// The rule sets.
    ListRuleSets = "listRuleSets" Get "/v1/rule-sets" Public ANY None;
    /// One version of a rule set.
    GetRuleSet = "getRuleSet" Get "/v1/rule-sets/{ruleSet}/{version}" Public ANY None;
    /// Whom the exchange believes what.
    ListTrustedIssuers = "listTrustedIssuers" Get "/v1/trusted-issuers" Public ANY None;
    /// Believe somebody. Body: NewTrustedIssuer.
    TrustIssuer = "trustIssuer" Post "/v1/trusted-issuers" Member OPERATORS Some(Scope::Admin);
    /// Believe somebody no longer.
    DistrustIssuer = "distrustIssuer" Delete "/v1/trusted-issuers/{issuer}" Member OPERATORS Some(Scope::Admin);
    /// A label of a participant as a credential.
    LabelCredential = "getLabelCredential" Get "/v1/participants/{participant}/label-credential" Public ANY None;
    /// Ask a clearing house for a label.
    AskLabel = "askLabel" Post "/v1/participants/{participant}/labels" OwnParticipant TRADERS Some(Scope::Catalogue);
    /// Everything that an auditor needs to judge a participant again.
    ParticipantAuditPack = "getParticipantAuditPack" Get "/v1/participants/{participant}/audit-pack" OwnParticipant ANY
        Some(Scope::Read);
    /// Everything that an auditor needs to judge everybody in an order again.
    OrderAuditPack = "getOrderAuditPack" Get "/v1/orders/{order}/audit-pack" OwnProject ANY Some(Scope::Read);
    /// The receipt of an order.
    OrderReceipt = "getOrderReceipt" Get "/v1/orders/{order}/receipt" OwnProject ANY Some(Scope::Read);
    /// Registration numbers, signed for.
    Notary = "notariseRegistrationNumber" Get "/gxdch/v2/registration-numbers/{kind}/{number}" Public ANY None;
    /// Labels for presentations.
    Compliance = "offerCredentials" Post "/gxdch/v2/api/credential-offers/{level}" Public ANY None;
    /// Whom the registry trusts.
    RegistryIssuers = "listRegistryIssuers" Get "/gxdch/v2/api/trusted-issuers" Public ANY None;
    /// Whether certificates lead to a trust anchor.
    RegistryChain = "checkChain" Post "/gxdch/api/trustAnchor/chain/file" Public ANY None;
    /// The evidence of the caller's participant.
    ListEvidence = "listEvidence" Get "/v1/evidence" OwnParticipant ANY Some(Scope::Read);
    /// Hand a credential in. Body: NewEvidence.
    SubmitEvidence = "submitEvidence" Post "/v1/evidence" OwnParticipant TRADERS Some(Scope::Catalogue);
    /// Say something of oneself, signed. Body: NewDeclaration.
    Declare = "declare" Post "/v1/evidence/declarations" OwnParticipant TRADERS Some(Scope::Catalogue);
    /// Sign for what was looked at. Body: NewAttestation.
    Attest = "attest" Post "/v1/evidence/attestations" Member OPERATORS Some(Scope::Admin);
    /// One piece of evidence.
    GetEvidence = "getEvidence" Get "/v1/evidence/{evidence}" OwnParticipant ANY Some(Scope::Read);
    /// Take evidence back.
    WithdrawEvidence = "withdrawEvidence" Post "/v1/evidence/{evidence}/withdraw" OwnParticipant TRADERS
        Some(Scope::Catalogue);
    /// Revoke what the exchange has signed.
    RevokeEvidence = "revokeEvidence" Post "/v1/evidence/{evidence}/revoke" Member OPERATORS Some(Scope::Admin);
    /// Look at a credential without taking it in. Body: NewEvidence.
    CheckCredential = "checkCredential" Post "/v1/trust/check" Member ANY Some(Scope::Read);
    /// Give a participant a new key to sign with.
    RotateKey = "rotateKey" Post "/v1/participants/{participant}/key" OwnParticipant TRADERS Some(Scope::Admin);

    /// The onboardings: `?state=&cursor=&limit=`.
    ListOnboardings = "listOnboardings" Get "/v1/onboardings" OwnParticipant ANY Some(Scope::Read);
    /// The onboarding of a participant, with its checklist.
    GetOnboarding = "getOnboarding" Get "/v1/participants/{participant}/onboarding" OwnParticipant ANY
        Some(Scope::Read);
    /// Answer one step. Body: StepAnswers.
    AnswerOnboardingStep = "answerOnboardingStep" Post "/v1/participants/{participant}/onboarding/steps/{step}"
        OwnParticipant PROVIDERS Some(Scope::Catalogue);
    /// Submit what was answered.
    SubmitOnboarding = "submitOnboarding" Post "/v1/participants/{participant}/onboarding/submit" OwnParticipant
        PROVIDERS Some(Scope::Catalogue);
    /// Give an onboarding up.
    WithdrawOnboarding = "withdrawOnboarding" Post "/v1/participants/{participant}/onboarding/withdraw" OwnParticipant
        PROVIDERS Some(Scope::Catalogue);
    /// Approve what is submitted.
    ApproveOnboarding = "approveOnboarding" Post "/v1/participants/{participant}/onboarding/approve" Member OPERATORS
        Some(Scope::Admin);
    /// Give it back with notes. Body: ReturnOnboarding.
    ReturnOnboarding = "returnOnboarding" Post "/v1/participants/{participant}/onboarding/return" Member OPERATORS
        Some(Scope::Admin);

    /// The agents.
    ListAgents = "listAgents" Get "/v1/agents" OwnParticipant ANY Some(Scope::Read);
    /// Make a one-time enrolment token.
    CreateEnrolment = "createEnrolment" Post "/v1/agents/enrolments" OwnParticipant PROVIDERS
        Some(Scope::Catalogue);
    /// Become an agent.
    EnrolAgent = "enrolAgent" Post "/v1/agents/enrol" Public ANY None;
    /// One agent.
    GetAgent = "getAgent" Get "/v1/agents/{agent}" OwnParticipant ANY Some(Scope::Read);
    /// Take an agent's right to speak away.
    RevokeAgent = "revokeAgent" Delete "/v1/agents/{agent}" OwnParticipant SELLERS Some(Scope::Catalogue);

    /// Search the market for an application. Body: MatchRequest. Answer: MatchOutcome.
    Match = "match" Post "/v1/match" Member ANY Some(Scope::Read);
    /// A quote as PDF.
    GetQuoteDocument = "getQuoteDocument" Get "/v1/quotes/{quote}/document" OwnProject ANY Some(Scope::Read);
    /// The quotes of a project: `?project=&cursor=&limit=`.
    ListQuotes = "listQuotes" Get "/v1/quotes" OwnProject ANY Some(Scope::Read);
    /// Make a quote. Body: NewQuote. Answer: Quote.
    CreateQuote = "createQuote" Post "/v1/quotes" OwnProject BUYERS Some(Scope::Order);
    /// One quote.
    GetQuote = "getQuote" Get "/v1/quotes/{quote}" OwnProject ANY Some(Scope::Read);
    /// Give a quote up.
    WithdrawQuote = "withdrawQuote" Post "/v1/quotes/{quote}/withdraw" OwnProject BUYERS Some(Scope::Order);
    /// The orders: `?state=&kind=&cursor=&limit=`.
    ListOrders = "listOrders" Get "/v1/orders" OwnProject ANY Some(Scope::Read);
    /// What an order would do and cost.
    PreviewOrder = "previewOrder" Post "/v1/orders/preview" OwnProject BUYERS Some(Scope::Read);
    /// Place an order. Body: NewOrder. Answer: Order.
    CreateOrder = "createOrder" Post "/v1/orders" OwnProject BUYERS Some(Scope::Order);
    /// One order.
    GetOrder = "getOrder" Get "/v1/orders/{order}" OwnProject ANY Some(Scope::Read);
    /// The steps of an order.
    ListOrderSteps = "listOrderSteps" Get "/v1/orders/{order}/steps" OwnProject ANY Some(Scope::Read);
    /// What an order waits for.
    WhyOrder = "whyOrder" Get "/v1/orders/{order}/why" OwnProject ANY Some(Scope::Read);
    /// Approve an order of somebody else.
    ApproveOrder = "approveOrder" Post "/v1/orders/{order}/approve" OwnProject BUYERS Some(Scope::Order);
    /// Reject an order. Body: RejectOrder.
    RejectOrder = "rejectOrder" Post "/v1/orders/{order}/reject" OwnProject BUYERS Some(Scope::Order);
    /// Cancel an order.
    CancelOrder = "cancelOrder" Post "/v1/orders/{order}/cancel" OwnProject BUYERS Some(Scope::Order);
    /// The services: `?state=&kind=&order=&all=&cursor=&limit=`.
    ListServices = "listServices" Get "/v1/services" OwnProject ANY Some(Scope::Read);
    /// One service.
    GetService = "getService" Get "/v1/services/{service}" OwnProject ANY Some(Scope::Read);
    /// What a service waits for.
    WhyService = "whyService" Get "/v1/services/{service}/why" OwnProject ANY Some(Scope::Read);
    /// How a service is reached, with its secret.
    GetServiceConnection = "getServiceConnection" Get "/v1/services/{service}/connection" OwnProject BUYERS
        Some(Scope::Order);
    /// What a service wrote to its console: `?lines=`.
    GetServiceLog = "getServiceLog" Get "/v1/services/{service}/log" OwnProject BUYERS Some(Scope::Order);
    /// Get a ticket for a terminal on a service.
    CreateConsole = "createConsole" Post "/v1/services/{service}/consoles" OwnProject BUYERS Some(Scope::Order);
    /// Open a terminal with a ticket.
    OpenConsole = "openConsole" Get "/v1/consoles/{ticket}" Public ANY None;
    /// The metrics of a service: `?since=`.
    GetServiceMetrics = "getServiceMetrics" Get "/v1/services/{service}/metrics" OwnProject ANY Some(Scope::Read);
    /// What is proposed for what runs: `?project=&order=&state=&cursor=&limit=`.
    ListProposals = "listProposals" Get "/v1/proposals" OwnProject ANY Some(Scope::Read);
    /// One proposal.
    GetProposal = "getProposal" Get "/v1/proposals/{proposal}" OwnProject ANY Some(Scope::Read);
    /// Do away with a proposal.
    DismissProposal = "dismissProposal" Post "/v1/proposals/{proposal}/dismiss" OwnProject BUYERS Some(Scope::Order);
    /// Usage: `?service=&meter=&cursor=&limit=`.
    ListUsage = "listUsage" Get "/v1/usage" OwnProject ANY Some(Scope::Read);
    /// What a tenant owes: `?tenant=&month=&currency=`. Answer: Statement.
    GetStatement = "getStatement" Get "/v1/statements" OwnParticipant ANY Some(Scope::Read);
    /// What a tenant spends: `?tenant=&month=&currency=`. Answer: Costs.
    GetCosts = "getCosts" Get "/v1/costs" OwnParticipant ANY Some(Scope::Read);
    /// The same for other programs: `?tenant=&month=&currency=&format=`.
    ExportCosts = "exportCosts" Get "/v1/costs/export" OwnParticipant ANY Some(Scope::Read);
    /// What a provider is due: `?provider=&month=&currency=`. Answer: ProviderStatement.
    GetProviderStatement = "getProviderStatement" Get "/v1/provider-statements" OwnParticipant ANY Some(Scope::Read);
    /// The sum of every account.
    GetTrialBalance = "getTrialBalance" Get "/v1/ledger/trial-balance" Member OVERSEERS Some(Scope::Read);

    /// What an agent is to make true: `?cursor=&wait=`. Answer: Assignments.
    PollAssignments = "pollAssignments" Get "/v1/agent/assignments" Agent ANY None;
    /// What an agent tells. Body: Report. Answer: ReportReceipt.
    SendReport = "sendReport" Post "/v1/agent/reports" Agent ANY None;
    /// Bring the console that was asked for.
    JoinConsole = "joinConsole" Get "/v1/agent/consoles/{ticket}" Agent ANY None;

    /// What happened.
    ListEvents = "listEvents" Get "/v1/events" OwnParticipant ANY Some(Scope::Read);
    /// The audit log.
    ListAudit = "listAudit" Get "/v1/audit" Member OVERSEERS Some(Scope::Read);
    /// Check the audit log.
    VerifyAudit = "verifyAudit" Get "/v1/audit/verify" Member OVERSEERS Some(Scope::Read);
    /// How the exchange runs.
    GetSystem = "getSystem" Get "/v1/system" Member OVERSEERS Some(Scope::Read);
    /// What the exchange is working on.
    GetWork = "getWork" Get "/v1/system/work" Member OVERSEERS Some(Scope::Read);
    /// Copy the database.
    CreateBackup = "createBackup" Post "/v1/system/backups" Member OPERATORS Some(Scope::Admin);
}

impl Operation {
    /// Its row of the table.
    #[must_use]
    pub fn rule(self) -> &'static Rule {
        // The table is written from the same list as the operations, in the same order.
        &RULES[self as usize]
    }

    /// Whether it is about who somebody is: its answer sets a cookie or is made anew each time, so that it can't be
    /// repeated by a key.
    #[must_use]
    pub const fn is_sign_in(self) -> bool {
        matches!(
            self,
            Self::SignInWithPassword
                | Self::SignInWithCode
                | Self::StartPasskeySignIn
                | Self::SignInWithPasskey
                | Self::StartProviderSignIn
                | Self::StartSignUpPasskey
                | Self::SignUp
                | Self::ResetAccount
                | Self::ProveAgain
                | Self::CreateDeviceToken
                | Self::PreviewInvitation
        )
    }

    /// The operation that is served at a method and path.
    #[must_use]
    pub fn at(method: &str, path: &str) -> Option<Self> {
        RULES.iter().find(|rule| rule.path == path && rule.method.name() == method).map(|rule| rule.operation)
    }
}

/// Refuses callers who may not ask for the operation at all.
///
/// # Errors
/// [`Error::Unauthenticated`] without a caller where one is needed, [`Error::Forbidden`] when its role or the scope
/// of its token does not suffice.
pub fn authorize(caller: Option<&Principal>, operation: Operation) -> Result<()> {
    let rule = operation.rule();
    if rule.reach == Reach::Public {
        return Ok(());
    }
    let Some(caller) = caller else {
        return Err(Error::Unauthenticated("sign in, or send a token: `Authorization: Bearer hansa_…`".to_owned()));
    };
    if rule.reach == Reach::Account {
        return caller.session().map(drop);
    }
    if rule.reach == Reach::Agent {
        return Err(Error::Forbidden {
            detail: "only an enrolled agent may do this".to_owned(),
            hint: Some("enrol an agent with a token of its provider".to_owned()),
        });
    }
    if !rule.roles.is_empty() && !rule.roles.iter().any(|role| caller.is(*role)) {
        let roles: Vec<_> = rule.roles.iter().map(|role| role.name()).collect();
        return Err(Error::Forbidden {
            detail: format!("this needs the role {}", roles.join(" or ")),
            hint: Some("ask for an invitation with that role".to_owned()),
        });
    }
    match rule.scope {
        Some(scope) if !caller.scopes.contains(&scope) => Err(Error::Forbidden {
            detail: format!("the token has no scope `{}`", scope.name()),
            hint: Some("use a token that was made with that scope".to_owned()),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_finds_its_own_row() {
        for rule in RULES {
            assert_eq!(rule.operation.rule(), rule);
            assert_eq!(Operation::at(rule.method.name(), rule.path), Some(rule.operation));
        }
    }

    #[test]
    fn identifiers_and_routes_are_unique() {
        let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id).collect();
        let routes: BTreeSet<_> = RULES.iter().map(|rule| (rule.method, rule.path)).collect();
        assert_eq!((ids.len(), routes.len()), (RULES.len(), RULES.len()));
    }

    #[test]
    fn an_auditor_alone_changes_nothing_but_its_own_way_in() {
        let changed: Vec<_> = RULES
            .iter()
            .filter(|rule| {
                rule.method.changes() && !matches!(rule.reach, Reach::Public | Reach::Account | Reach::Agent)
            })
            // They are posted for their length; they change nothing.
            .filter(|rule| !matches!(rule.operation, Operation::Match | Operation::CheckCredential))
            .filter(|rule| rule.roles.is_empty() || rule.roles.contains(&Role::Auditor))
            .map(|rule| rule.id)
            .collect();
        assert_eq!(changed, ["inviteSelf", "createToken", "revokeToken"]);
    }
}
