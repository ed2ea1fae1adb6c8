-- People who sign in. A member without an account acts by tokens only.
create table account (
    id text primary key,
    login text unique,
    name text not null,
    password text,
    one_time_secret text,
    one_time_since bigint,
    one_time_step bigint not null,
    created_at bigint not null
);

alter table member add column account_id text references account (id);
-- Where its roles come from an identity provider: which one.
alter table member add column managed_by text;
-- Since when it acts no more. What it did is still known to be its own.
alter table member add column removed_at bigint;
create index member_of_account on member (account_id) where account_id is not null;

-- An invitation may lead to a member that is there already: then it gives the member an account, or a new way in to
-- the account that it has.
alter table invitation add column member_id text references member (id);
alter table invitation add column account_id text references account (id);
create index invitation_into_account on invitation (account_id) where account_id is not null;

create table passkey (
    id text primary key,
    account_id text not null references account (id),
    name text not null,
    credential text not null unique,
    public_key text not null,
    counter bigint not null,
    created_at bigint not null,
    used_at bigint
);
create index passkey_of_account on passkey (account_id, id);

-- As whom identity providers know people.
create table identity_link (
    id text not null unique,
    issuer text not null,
    subject text not null,
    account_id text not null references account (id),
    linked_at bigint not null,
    primary key (issuer, subject)
);
create index identity_link_of_account on identity_link (account_id);

create table recovery_code (
    account_id text not null references account (id),
    code_hash text not null,
    primary key (account_id, code_hash)
);

create table session (
    id text primary key,
    hash text not null unique,
    account_id text not null references account (id),
    member_id text not null references member (id),
    roles text,
    tenant_id text references tenant (id),
    proof text not null,
    proven_at bigint not null,
    browser text,
    address text not null,
    created_at bigint not null,
    seen_at bigint not null,
    idle_at bigint not null,
    ends_at bigint not null
);
create index session_of_account on session (account_id, id);
create index session_by_end on session (idle_at);

-- What was begun and waits for its second half: a code, a passkey's answer, a return from an identity provider.
create table sign_in_attempt (
    hash text primary key,
    kind text not null,
    account_id text references account (id),
    data text not null,
    expires_at bigint not null
);
create index sign_in_attempt_by_end on sign_in_attempt (expires_at);

-- Guesses, by the hash of what somebody signs in as, whether there is such an account or not.
create table sign_in_failure (
    subject text primary key,
    failures bigint not null,
    locked_until bigint not null,
    last_at bigint not null
);

create table device (
    code_hash text primary key,
    user_code text not null unique,
    name text not null,
    scopes text not null,
    address text not null,
    state text not null,
    member_id text references member (id),
    pause bigint not null,
    asked_at bigint not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index device_by_end on device (expires_at);
