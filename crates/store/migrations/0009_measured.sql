-- What was rated with a charge, in the meter's own unit. Unknown of charges from before, absent for what is due once.
alter table charge add column meter text;
alter table charge add column quantity bigint;
