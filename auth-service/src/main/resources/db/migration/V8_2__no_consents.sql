-- A person allows each sign-in at a command line anew, so nothing is remembered.
drop table oauth2_authorization_consent;
