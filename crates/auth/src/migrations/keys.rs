use sea_orm_migration::MigrationTrait;

pub fn manager() -> Vec<Box<dyn MigrationTrait>> {
    Vec::new()
}

pub fn tenant() -> Vec<Box<dyn MigrationTrait>> {
    Vec::new()
}
