-- something unique repeats
select count(*) n from small having count(distinct id)<>n or count(distinct num)<>n or count(distinct day)<>n or count(distinct cents)<>n or count(distinct pair)<>n or count(distinct perm)<>n or count(distinct email)<>n or count(distinct opt)<>count(opt) or count(distinct u)<>n or count(distinct "at")<>n or count(distinct t)<>n or count(distinct word)<>n or count(distinct calc)<>n;
-- thirty per cent null
select avg((opt is null)::int) a from small having abs(a-.3)>.05;
-- combinations of a range, a choice and days
select count(*) n from combos having count(distinct (a,b,c))<>n or n<>200;
-- all combinations there are, once
select count(*) n from chess having count(distinct (file,rank))<>n or n<>64;
-- pairs of people
select count(*) n from follows having count(distinct (who,whom))<>n or n<>3000;
-- nobody follows himself
select * from follows where who=whom;
-- two references and a range
select count(*) n from tri having count(distinct (s,c,d))<>n or n<>800;
-- values outside of their domains
select * from small where not regexp_full_match(id,'[A-J][0-9]{2}') or num not between 1 and 1000 or cents not between 0 and 9.99 or length(word) not between 3 and 12 or t not between '08:00' and '09:00';
-- unique numbers are not in order
select corr(num, rn) c from (select num, row_number() over () rn from small) having abs(c)>.12;
