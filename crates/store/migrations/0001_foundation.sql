create table participant (
    id text primary key,
    name text not null unique,
    legal_name text not null,
    country text not null,
    roles text not null,
    assurance text not null,
    created_at bigint not null
);

create table tenant (
    id text primary key,
    participant_id text not null references participant (id),
    name text not null,
    created_at bigint not null,
    unique (participant_id, name)
);

create table project (
    id text primary key,
    tenant_id text not null references tenant (id),
    name text not null,
    currency text not null,
    budget bigint,
    approval_above bigint,
    reserved bigint not null default 0 check (reserved >= 0),
    created_at bigint not null,
    unique (tenant_id, name),
    check (budget is null or budget >= 0)
);

create table member (
    id text primary key,
    participant_id text not null references participant (id),
    name text not null,
    roles text not null,
    created_at bigint not null,
    unique (participant_id, name)
);

create table invitation (
    code_hash text primary key,
    participant_id text not null references participant (id),
    roles text not null,
    expires_at bigint not null,
    used_at bigint
);

create table token (
    id text primary key,
    member_id text not null references member (id),
    name text not null,
    prefix text not null,
    hash text not null unique,
    scopes text not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint
);
create index token_of_member on token (member_id);

create table site (
    id text primary key,
    provider_id text not null references participant (id),
    name text not null,
    country text not null,
    city text not null,
    latitude double precision not null,
    longitude double precision not null,
    pue_milli bigint not null,
    carbon bigint,
    created_at bigint not null,
    unique (provider_id, name)
);

create table offer (
    id text primary key,
    provider_id text not null references participant (id),
    site_id text not null references site (id),
    sku text not null,
    kind text not null,
    version bigint not null,
    state text not null,
    visibility text not null,
    monthly bigint not null,
    currency text not null,
    body text not null,
    updated_at bigint not null,
    unique (site_id, sku)
);
create index offer_by_kind_price on offer (kind, currency, monthly, id);
create index offer_by_price on offer (currency, monthly, id);
create index offer_by_provider on offer (provider_id, id);

create table offer_audience (
    offer_id text not null references offer (id),
    tenant_id text not null references tenant (id),
    primary key (offer_id, tenant_id)
);

create table offer_version (
    offer_id text not null references offer (id),
    version bigint not null,
    body text not null,
    published_at bigint not null,
    primary key (offer_id, version)
);

create table agent (
    id text primary key,
    provider_id text not null references participant (id),
    name text not null,
    public_key text not null unique,
    version text not null,
    capabilities text not null,
    orphans text not null,
    enrolled_at bigint not null,
    last_seen bigint,
    online boolean not null,
    revision bigint not null,
    report_number bigint not null,
    receipt text,
    revoked_at bigint,
    unique (provider_id, name)
);
create index agent_by_last_seen on agent (last_seen);

create table enrolment (
    token_hash text primary key,
    provider_id text not null references participant (id),
    name text not null,
    expires_at bigint not null,
    used_at bigint
);

create table supply (
    site_id text not null references site (id),
    kind text not null,
    agent_id text not null references agent (id),
    fresh_until bigint not null,
    actions text not null,
    primary key (site_id, kind)
);
create index supply_by_agent on supply (agent_id);

create table capacity (
    site_id text not null references site (id),
    kind text not null,
    resource text not null,
    total bigint not null,
    reserved bigint not null default 0,
    primary key (site_id, kind, resource),
    check (total >= 0),
    check (reserved >= 0)
);

create table quote (
    id text primary key,
    project_id text not null references project (id),
    state text not null,
    held boolean not null,
    body text not null,
    jws text not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index quote_by_project on quote (project_id, id);
create index quote_open_by_expiry on quote (expires_at) where state = 'open';

create table orders (
    id text primary key,
    project_id text not null references project (id),
    kind text not null,
    state text not null,
    quote_id text references quote (id),
    application text,
    body text not null,
    monthly bigint not null,
    one_off bigint not null,
    currency text not null,
    lead_provider text references participant (id),
    ordered_by text not null,
    approved_by text,
    reason text,
    partial boolean not null,
    cancel_requested boolean not null,
    created_at bigint not null,
    updated_at bigint not null,
    deadline bigint
);
create index orders_by_project on orders (project_id, id);
create unique index order_of_quote on orders (quote_id) where quote_id is not null;

create table service (
    id text primary key,
    order_id text not null references orders (id),
    project_id text not null references project (id),
    tenant_id text not null references tenant (id),
    component text not null,
    instance bigint not null,
    kind text not null,
    offer_id text not null references offer (id),
    offer_version bigint not null,
    offer_key text not null,
    provider_id text not null references participant (id),
    provider_name text not null,
    site_id text not null references site (id),
    site_name text not null,
    agent_id text not null references agent (id),
    properties text not null,
    price text not null,
    config text not null,
    dump boolean not null,
    needs text not null,
    state text not null,
    desired text not null,
    generation bigint not null,
    revision bigint not null,
    observation text,
    connection text,
    monthly bigint not null,
    currency text not null,
    created_at bigint not null,
    active_at bigint,
    billable_from bigint,
    unreachable_since bigint,
    termination_asked_at bigint,
    terminated_at bigint,
    unique (order_id, component, instance)
);
create index service_by_project on service (project_id, id);
create index service_by_provider on service (provider_id, id);
create index service_by_agent_revision on service (agent_id, revision);

create table service_revision (
    service_id text not null references service (id),
    generation bigint not null,
    properties text not null,
    offer_version bigint not null,
    primary key (service_id, generation)
);

create table hold (
    id text primary key,
    owner text not null,
    site_id text not null,
    kind text not null,
    amounts text not null,
    expires_at bigint,
    created_at bigint not null
);
create index hold_by_owner on hold (owner);
create index hold_by_expiry on hold (expires_at) where expires_at is not null;

create table order_service (
    order_id text not null references orders (id),
    service_id text not null references service (id),
    previous text,
    primary key (order_id, service_id)
);
create index order_service_by_service on order_service (service_id);

create table saga (
    id text primary key,
    kind text not null,
    order_id text not null unique references orders (id),
    direction text not null,
    finished boolean not null,
    step bigint not null,
    wake_at bigint not null,
    lease_until bigint not null,
    lease_owner text,
    failures bigint not null,
    created_at bigint not null
);
create index saga_due on saga (wake_at) where not finished;

create table saga_step (
    saga_id text not null references saga (id),
    step bigint not null,
    direction text not null,
    name text not null,
    state text not null,
    attempts bigint not null,
    detail text,
    started_at bigint not null,
    ended_at bigint,
    primary key (saga_id, direction, step)
);

create table usage_record (
    id text primary key,
    service_id text not null references service (id),
    generation bigint not null,
    meter text not null,
    start_at bigint not null,
    end_at bigint not null,
    quantity bigint not null,
    received_at bigint not null,
    unique (service_id, meter, start_at),
    check (end_at > start_at)
);

create table meter_cursor (
    service_id text not null references service (id),
    meter text not null,
    metered_until bigint not null,
    primary key (service_id, meter)
);

create table volume (
    service_id text not null references service (id),
    meter text not null,
    month_start bigint not null,
    quantity bigint not null,
    primary key (service_id, meter)
);

create table charge (
    id text primary key,
    service_id text not null references service (id),
    tenant_id text not null references tenant (id),
    component text not null,
    start_at bigint not null,
    end_at bigint not null,
    amount bigint not null,
    commission bigint not null,
    currency text not null,
    unique (service_id, component, start_at, end_at)
);
create index charge_by_tenant on charge (tenant_id, start_at);

create table ledger_entry (
    id text primary key,
    at bigint not null,
    reference text not null unique
);

create table posting (
    entry_id text not null references ledger_entry (id),
    line bigint not null,
    account text not null,
    owner text not null,
    amount bigint not null,
    currency text not null,
    primary key (entry_id, line)
);
create index posting_by_account on posting (account, owner, currency);

create table closed_period (
    tenant_id text not null references tenant (id),
    start_at bigint not null,
    end_at bigint not null,
    currency text not null,
    statement text not null,
    closed_at bigint not null,
    primary key (tenant_id, start_at, currency)
);

create table metric (
    service_id text not null references service (id),
    name text not null,
    at bigint not null,
    value double precision not null,
    primary key (service_id, name, at)
);

create table outbox (
    id text primary key,
    kind text not null,
    body text not null
);

create table event (
    sequence bigint primary key,
    id text not null unique,
    kind text not null,
    subject text not null,
    project_id text,
    tenant_id text,
    provider_id text,
    at bigint not null,
    data text not null
);
create index event_by_tenant on event (tenant_id, sequence);
create index event_by_provider on event (provider_id, sequence);
create index event_by_subject on event (subject, sequence);

create table audit (
    sequence bigint primary key,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    hash text not null
);

create table idempotency (
    actor text not null,
    key_hash text not null,
    request_hash text not null,
    status bigint,
    answer text,
    created_at bigint not null,
    primary key (actor, key_hash)
);
create index idempotency_by_age on idempotency (created_at);

create table counter (
    name text primary key,
    value bigint not null
);
insert into counter (name, value) values ('event', 0), ('audit', 0), ('catalogue', 1);
