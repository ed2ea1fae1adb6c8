alter table project add column alerts text not null default '[80,100]';

create table budget_alert (
    project_id text not null references project (id),
    month_start bigint not null,
    basis text not null,
    percent bigint not null,
    amount bigint not null,
    currency text not null,
    at bigint not null,
    primary key (project_id, month_start, basis, percent)
);

create table maintenance_window (
    id text primary key,
    site_id text not null references site (id),
    provider_id text not null references participant (id),
    start_at bigint not null,
    end_at bigint not null,
    reason text not null,
    created_at bigint not null,
    cancelled_at bigint
);
create index maintenance_of_site on maintenance_window (site_id, end_at);
