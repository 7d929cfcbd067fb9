-- sites with another number of devices than they have
select s.id from sites s left join devices d on d.site_id = s.id group by s.id, s.size having count(d.id) <> s.size;
-- devices whose numbers have gaps
select site_id from devices group by site_id having min(number) <> 0 or max(number) <> count(*) - 1 or count(distinct number) <> count(*);
-- names or addresses twice, or outside of the site's plan
select hostname from devices group by hostname having count(*) > 1;
select address, site_id from devices group by all having count(*) > 1 or not regexp_full_match(address, '10\.' || site_id || '\.0\.\d{1,2}');
-- names that tell another layer or site
select hostname from devices d join sites s on s.id = d.site_id where hostname not like lower(s.code) || '-' || case layer::varchar when 'core' then 'cr' when 'distribution' then 'ds' else 'as' end || '-%';
-- systems and versions of another vendor
select vendor, system, version from devices where (vendor, system) not in (('Cisco', 'IOS XE'), ('Juniper', 'Junos'), ('Arista', 'EOS')) or (system = 'Junos') <> contains(version, 'R') or (system = 'EOS') <> (version like '4.%');
-- uplinks to another site, or that do not lead up the tree
select d.id from devices d join devices u on u.id = d.uplink_to where u.site_id <> d.site_id or u.number >= d.number or (d.layer = 'distribution' and u.layer <> 'core');
-- anything but the core without uplink, or a core with one
select id from devices where (uplink_to is null) <> (layer = 'core');
-- more than four devices below one
select uplink_to from devices where uplink_to is not null group by uplink_to having count(*) > 4;
-- devices that cannot be reached from the core
with recursive reached as (select id from devices where layer = 'core' union all select d.id from devices d join reached r on d.uplink_to = r.id)
select id from devices where id not in (from reached);
-- ports missing
select d.id from devices d left join interfaces i on i.device_id = d.id group by d.id, d.ports having count(i.id) <> d.ports or max(i.number) <> d.ports;
-- names of ports that the vendor does not use
select name, vendor from interfaces i join devices d on d.id = i.device_id where not regexp_full_match(name, case vendor when 'Cisco' then '(Ten)?GigabitEthernet1/0/\d+' when 'Juniper' then '(ge|xe)-0/0/\d+' else 'Ethernet\d+' end);
-- MAC addresses twice, in another form, or of a group
select mac from (select mac from interfaces union all select base_mac from devices) group by mac having count(*) > 1 or not regexp_full_match(mac, '[0-9a-f][26ae](:[0-9a-f]{2}){5}');
-- ports that are up and not enabled
select id from interfaces where up and not enabled;
-- links: one for each device below another
select count(*) n from links having n <> (select count(*) from devices where uplink_to is not null);
-- cables into the port of another device, into the same port twice, or into one that is down or slow
select l.id from links l join interfaces a on a.id = l.a_id join interfaces b on b.id = l.b_id join devices d on d.id = l.from_id where a.device_id <> d.id or b.device_id <> d.uplink_to or not a.up or not b.up or a.speed_mbps <> 10000 or b.speed_mbps <> 10000;
select i from (select a_id i from links union all select b_id from links) group by i having count(*) > 1;
-- fast ports that no cable is in
select id from interfaces where speed_mbps = 10000 and id not in (select a_id from links) and id not in (select b_id from links);
-- networks of links that overlap, or addresses that are not the two of the network
select subnet from links group by subnet having count(*) > 1;
select id from links where split_part(a_ip, '.', 4)::int <> split_part(split_part(subnet, '/', 1), '.', 4)::int + 1 or split_part(b_ip, '.', 4)::int <> split_part(a_ip, '.', 4)::int + 1 or split_part(b_ip, '.', 4)::int > 254;
-- 36 hours of each link
select l.id from links l left join traffic t on t.link_id = l.id group by l.id having count(t.hour) <> 36;
-- more out than in, negative numbers
select link_id from traffic where mbits_out > mbits_in or mbits_in < 0 or errors < 0 or abs(used - mbits_in / 100) > 0.006;
-- afternoons that are not busier than nights
select avg(mbits_in) filter (hour(hour) between 13 and 17) d, avg(mbits_in) filter (hour(hour) between 1 and 5) n from traffic having d < 3 * n;
