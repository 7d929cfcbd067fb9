-- ages
select * from "les éléments" where âge<>date_diff('year',né,date '2025-02-28') - (case when strftime(né,'%m%d')>'0228' then 1 else 0 end);
-- children are not married
select * from "les éléments" where âge<18 and wed is not null;
-- beginnings of months, sums of durations
select * from "les éléments" where month1<>date_trunc('month',né) or next<>né::timestamp at time zone 'UTC'+interval 36 hour+interval 1 microsecond or gap<>129600000001;
-- checks that need redrawn rows
select * from "les éléments" where not (a<b and a+b+c<220 and c<>a);
-- unique text twice
select "key" from "les éléments" group by 1 having count(*)>1;
-- numbers in every form of text
select width from "les éléments" where width<>printf('[%5d|%-5d|%s|%05d|129600.0|1.296000e+05|%x|%d]',âge,âge,(case when âge<10 then '  '||âge||'  ' else ' '||âge||'  ' end),âge,âge,âge);
-- days and times as text
select iso,né from "les éléments" where iso<>strftime(né,'%Y/%m/%d')||' 12:00:00 '||left(open_at::varchar,5);
-- durations between instants
select * from "les éléments" where hours<>epoch_us(shut_at)-epoch_us(open_at) or abs(halves-hours/1.8e9)>1e-9;
-- quarters and weeks
select q,né from "les éléments" where q<>year(né)||'Q'||quarter(né)||'-W'||lpad(week(né)::varchar,2,'0');
-- text within text
select nested from "les éléments" where nested<>(case when âge>50 then 'old '||âge else 'young' end)||'!';
-- per cent
select pct from "les éléments" where pct<>'13.0%';
-- shares of an enum beyond ASCII
select état, count(*)/1500 s from "les éléments" group by 1 having abs(s-(case état when 'ouvert' then .1 else .9 end))>.03;
-- children by a condition of the parent
select e.clé, état, count(am) n from "les éléments" e left join visites v on v.élément=e.clé group by all having état='fermé' and n>2 or n>20;
-- earlier rows of the same state, durations
select * from visites v join "les éléments" e on e.clé=v.élément join "les éléments" p on p.clé=v.vorher where p.né>=e.né or p.état<>e.état or bis<>am+to_microseconds(dauer) or am<e.next;
-- a row for each day
select * from jours where n<>4 or wd<>isodow(j);
-- day and hour together
select * from relevés where "at"<>jour+to_hours(h::int);
-- days times hours
select count(*) c from relevés having c<>20;
