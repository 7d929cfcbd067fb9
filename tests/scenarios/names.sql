-- keys
select count(*), count(distinct h), count(distinct "key"), max("key") from "select" having count(*) <> 40 or count(distinct h) <> 40 or count(distinct "key") <> 40 or max("key") <> 40;
-- counts
select s.h from "select" s left join "group" g on g."from" = s.h group by s.h, s.r having s.r <> count(g."from");
-- values through the reference
select * from "group" g join "select" s on s.h = g."from" where g.parent <> s."say ""hi""" or g."order by" <> s."key" or g.data <> s.n + g.c;
-- a column called row is no row number
select "row" from "select" where "row" not in (3, 4);
-- doubled
select * from "select" where "a.b c" <> 2 * n or "say ""hi""" <> n::varchar || ';--';
