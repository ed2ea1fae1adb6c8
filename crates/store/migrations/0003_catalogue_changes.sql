-- What changed since when, so that a process that keeps the catalogue reads only that.
-- A row of the catalogue bears the version with which it last changed; -1 until the change is counted.
alter table participant add column changed bigint not null default 0;
alter table site add column changed bigint not null default 0;
alter table offer add column changed bigint not null default 0;
create index participant_by_change on participant (changed);
create index site_by_change on site (changed);
create index offer_by_change on offer (changed);
-- Supply changes too often for one counter: it bears the instant, of the machine that wrote it.
alter table supply add column changed_at bigint not null default 0;
alter table capacity add column changed_at bigint not null default 0;
create index supply_by_change on supply (changed_at);
create index capacity_by_change on capacity (changed_at);
