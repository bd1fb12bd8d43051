-- Where a sign-in at a command line began: an IPv4 address or an IPv6 network. It bounds those of one source that wait.
alter table oauth2_authorization add column device_source text;
