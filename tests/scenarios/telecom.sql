-- tariffs of the file
select count(*) from tariffs having count(*) <> 4;
-- masts without three sectors
select m.id from masts m left join cells c on c.mast_id = m.id group by m.id having count(*) <> 3 or count(distinct azimuth) <> 3;
-- masts outside of the city
select id from masts where latitude not between 52.34 and 52.68 or longitude not between 13.09 and 13.76;
-- numbers twice, or of another form
select msisdn from subscribers group by msisdn having count(*) > 1 or not regexp_full_match(msisdn, '\+4915\d{9}');
select imsi from subscribers group by imsi having count(*) > 1 or not regexp_full_match(imsi, '26299\d{10}');
-- cards whose check digit is wrong, counted from the right
select iccid from subscribers where not regexp_full_match(iccid, '894929\d{13}') or (select sum(case when (length(iccid) - i) % 2 = 1 then (2 * d) // 10 + (2 * d) % 10 else d end) from (select i, substr(iccid, i::int, 1)::int d from range(1, length(iccid) + 1) t(i))) % 10 <> 0;
-- devices whose check digit is wrong
select imei from subscribers where (select sum(case when i % 2 = 0 then (2 * d) // 10 + (2 * d) % 10 else d end) from (select i, substr(imei, i::int, 1)::int d from range(1, 16) t(i))) % 10 <> 0;
-- calls of nobody, or of cells that are nowhere
select * from calls c anti join subscribers s on s.id = c.caller_id;
select * from calls c anti join cells x on x.id = c.cell_id;
-- calls to oneself
select id from calls where caller_id = callee_id;
-- numbers called that are not the subscriber's
select c.id from calls c join subscribers s on s.id = c.callee_id where c.called <> s.msisdn;
-- numbers of other networks in another form
select called from calls where callee_id is null and called not like '+49 %';
-- shares of the kinds
select avg((kind = 'voice')::int) a from calls having abs(a - 0.62) > 0.02;
-- messages that last, calls that last without an answer, or do not with one
select id from calls where (kind <> 'voice' or outcome <> 'answered') and seconds <> 0 or ended_at - started_at <> seconds * interval 1 second;
-- messages that somebody was too busy for
select id from calls where kind <> 'voice' and outcome in ('busy', 'no_answer');
-- calls before the line was active, or in another month by the clocks of Berlin
select c.id from calls c join subscribers s on s.id = c.caller_id where c.started_at < s.active_from or c.started_at < timestamptz '2025-02-28 23:00:00+00' or c.started_at >= timestamptz '2025-03-31 00:00:00+00';
-- nights as busy as days
select count(*) filter (hour(started_at) between 1 and 3) n, count(*) filter (hour(started_at) between 16 and 18) d from calls having n * 8 > d;
-- share of the calls that are made at home
select avg((x.mast_id = h.mast_id)::int) a from calls c join subscribers s on s.id = c.caller_id join cells x on x.id = c.cell_id join cells h on h.id = s.home_cell having abs(a - 0.66) > 0.02;
-- everybody calls alike: the tenth that calls most has a quarter of the calls
select sum(calls) filter (r > 0.9) / sum(calls) a from (select calls, percent_rank() over (order by calls) r from subscribers) having a < 0.22;
-- charges that are not the tariff's, to the cent
select c.id from calls c join subscribers s on s.id = c.caller_id join tariffs t on t.code = s.tariff_code where c.charge <> case when c.kind = 'voice' then ceil(c.seconds / 60)::int * t.per_minute else t.per_sms end;
-- bills missing, or twice
select s.id from subscribers s left join bills b on b.subscriber_id = s.id group by s.id having count(b.total) <> 1;
-- prepaid bills that are not the sum of the charges
select s.id from subscribers s join bills b on b.subscriber_id = s.id left join calls c on c.caller_id = s.id where s.tariff_code = 'PRE' group by s.id, b.total having b.total <> coalesce(sum(c.charge), 0);
-- flat rates that cost more than their fee
select b.subscriber_id from bills b join subscribers s on s.id = b.subscriber_id where s.tariff_code = 'L' and b.total <> 34.99;
