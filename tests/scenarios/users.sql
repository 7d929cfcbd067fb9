-- users twice, or keys that are no UUID of version 7
select id from users group by id having count(*) > 1 or not regexp_full_match(id::varchar, '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}');
-- keys that do not begin with the milliseconds of the account
select id from users where ('0x' || replace(left(id::varchar, 13), '-', ''))::bigint <> epoch_us(created_at) // 1000;
-- languages and locales that are not the country's
select country, language, locale from users where locale <> language || '_' || country;
-- names that are not first and last
select name from users where name <> first || ' ' || last;
-- addresses twice, or of a form that no server takes
select email from users group by email having count(*) > 1 or not regexp_full_match(email, '[a-z0-9.-]+@example\.com');
-- addresses of somebody else: the family name where it has plain letters
select email, last from users where regexp_full_match(last, '[A-Za-z]+') and not contains(email, lower(last) || '.');
-- handles twice, or with other letters
select handle from users group by handle having count(*) > 1 or not regexp_full_match(handle, '[a-z0-9-]+');
-- telephones with another country's prefix
select country, phone from users where left(phone, case country when 'US' then 2 else 3 end) <> case country when 'US' then '+1' when 'GB' then '+44' when 'DE' then '+49' when 'FR' then '+33' when 'ES' then '+34' else '+39' end;
-- zones that are not the country's
select country, time_zone from users where country <> 'US' and time_zone not in ('Europe/London', 'Europe/Berlin', 'Europe/Busingen', 'Europe/Paris', 'Europe/Madrid', 'Africa/Ceuta', 'Atlantic/Canary', 'Europe/Rome');
-- one sex as often as the other
select avg((sex = 'female')::int) a from users having a not between 0.4 and 0.6;
-- share of the active
select avg((status = 'active')::int) a from users having abs(a - 0.88) > 0.015;
-- invited by nobody that was there before, or is active
select u.id from users u join users i on i.id = u.invited_by where i.created_at >= u.created_at or i.status <> 'active';
-- invitations with a password, or accounts without one
select id from users where (status = 'invited') <> (password_hash is null);
-- password hashes of another form
select password_hash from users where not regexp_full_match(password_hash, '\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+]{22}\$[A-Za-z0-9+]{43}');
-- staff without a second factor, or that is not active
select id from users where staff and (not two_factor or status <> 'active');
-- deleted without a date, or a date without being deleted, or before the account
select id from users where (status = 'deleted') <> (deleted_at is not null) or deleted_at < created_at;
-- weekends as busy as other days
select avg((isodow(created_at) > 5)::int) a from users having a not between 0.17 and 0.27;
-- roles: one for everybody, two for the staff, never twice the same
select u.id from users u left join user_roles r on r.user_id = u.id group by u.id, u.staff having count(r.user_id) <> case when u.staff then 2 else 1 end or count(distinct r.role_name) <> count(*);
-- roles that only the staff has
select r.user_id from user_roles r join users u on u.id = r.user_id join roles o on o.name = r.role_name where o.may_delete and not u.staff;
-- granted before the account, or by somebody who came later
select r.user_id from user_roles r join users u on u.id = r.user_id left join users g on g.id = r.granted_by where r.granted_at < u.created_at or g.created_at >= r.granted_at;
-- sessions of accounts that are not active, or before them, or that end before they start
select s.id from sessions s join users u on u.id = s.user_id where u.status <> 'active' or s.started_at < u.created_at or s.ended_at <= s.started_at or s.two_factor <> u.two_factor;
-- systems that do not run on the device
select device, system from sessions where (device = 'laptop') <> regexp_matches(system, 'Windows|macOS|Ubuntu') or (device = 'tablet') <> regexp_matches(system, 'iPadOS|Android 13');
-- sessions counted or last seen otherwise
select u.id from users u left join sessions s on s.user_id = u.id group by u.id, u.sessions, u.last_seen having u.sessions <> count(s.id) or u.last_seen is distinct from max(s.ended_at);
