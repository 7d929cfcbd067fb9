-- more or fewer people who are too young than are declared: 0.5 % of 3,000
select count(*) n from contacts where since < born + interval 6574 day having n <> 15;
-- numbers of telephones that are none: 1 % of 3,000
select count(*) n from contacts where not regexp_full_match(phone, '\+49 1[567][0-9] [0-9]{7}') having n <> 30;
-- scores out of range: 0.5 %
select count(*) n from contacts where score not between 0 and 100 having n <> 15;
-- addresses that others have, besides those of the 150 copies: 0.5 %
select count(*) - 150 - count(distinct mail) n from contacts having n <> 15;
-- rows that are there twice: 2 % exact, 3 % nearly
select count(*) - count(distinct id) n from contacts having n <> 150;
select count(*) - (select count(*) from (select distinct * from contacts)) n from contacts having n <> 60;
-- days as text that are no such day, or another one: 1 %, besides some of the 90 near copies and 15 days that came too early
select count(*) n from contacts where noted <> strftime(since, '%Y-%m-%d') having n < 30 or n > 135;
-- calls that end before they begin: 0.5 % of 12,000
select count(*) n from calls where ended < began having n <> 60;
-- calls of nobody: 1 %
select count(*) n from calls where contact_id not in (select id from contacts) having n <> 120;
-- channels that there are not: 0.3 %
select count(*) n from calls where channel not in ('phone', 'mail', 'visit') having n <> 36;
-- calls that never began
select count(*) n from calls where began is null having n <> 5;
-- costs far from all others
select count(*) n from calls where cost > 300 or cost < 0 having n > 20;
