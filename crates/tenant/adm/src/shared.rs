//! For another API over the same rows: the guards that a change passes here, and what is an action here as a part of a larger change.

pub use crate::{
    departments::api::{check_parent, remove as delete_department},
    roles::remove as delete_role,
    user_roles::{Revoke as RevokeRole, fits as check_grant, granted as granted_now, take_back as revoke_grant},
    users::{
        Activate, Deactivate, ResetPassword, may_be_so as check_user, remove as delete_user, role_fits as check_user_role, set_password,
        switch_in as set_status,
    },
};
pub use people::roles::is_within_own_rights as check_role;
