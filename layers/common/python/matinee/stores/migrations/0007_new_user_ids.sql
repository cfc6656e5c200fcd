-- Ids of people who become users here. Sets that are imported number their users from 1, and the
-- largest public ones end below three million, so that neither meets the other's ids.
CREATE SEQUENCE new_user_ids START 1000000000;
