//! The tree as such: pure.

use super::entity::Model;
use kernel::Day;
use paperclip::actix::Apiv2Schema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One department of a tree, with how deep it stands. A tree comes as a list in the order
/// of reading, each node behind its parent.
#[derive(Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
#[openapi(rename = "DepartmentNode")]
pub struct Node {
    /// ID | ID
    pub id: Uuid,
    /// 상위 부서 | Parent
    pub parent_id: Option<Uuid>,
    /// 조직 | Organization
    pub organization_id: Uuid,
    /// 코드 | Code
    pub code: String,
    /// 부서명 | Name
    pub name: String,
    /// 부서장 | Manager
    pub manager_id: Option<Uuid>,
    /// 단계 | Depth
    ///
    /// 0 for those directly below the organization.
    pub depth: i32,
}

/// Those that stand on `day`, in order of reading. A department whose parent does not stand
/// that day is shown at the root: nobody is lost.
pub(super) fn as_of(mut rows: Vec<Model>, day: Day) -> Vec<Node> {
    rows.retain(|row| row.valid_from <= day && row.valid_to.is_none_or(|end| day < end));
    rows.sort_by(|a, b| (a.sort_order, &a.name, a.id).cmp(&(b.sort_order, &b.name, b.id)));
    let known: BTreeSet<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut children: BTreeMap<Option<Uuid>, Vec<&Model>> = BTreeMap::new();
    for row in &rows {
        children.entry(row.parent_id.filter(|id| known.contains(id))).or_default().push(row);
    }
    let mut nodes = Vec::with_capacity(rows.len());
    let mut stack: Vec<(&Model, i32)> = children.get(&None).into_iter().flatten().rev().map(|row| (*row, 0)).collect();
    while let Some((row, depth)) = stack.pop() {
        nodes.push(Node {
            id: row.id,
            parent_id: row.parent_id,
            organization_id: row.organization_id,
            code: row.code.to_string(),
            name: row.name.to_string(),
            manager_id: row.manager_id,
            depth,
        });
        stack.extend(children.get(&Some(row.id)).into_iter().flatten().rev().map(|row| (*row, depth + 1)));
    }
    nodes
}

/// Whether hanging `node` below `parent` would put it below itself. `parent_of` knows the tree.
pub(super) fn makes_cycle(node: Uuid, parent: Uuid, parent_of: &BTreeMap<Uuid, Option<Uuid>>) -> bool {
    let mut above = Some(parent);
    // a tree cannot be deeper than it has nodes
    for _ in 0..=parent_of.len() {
        match above {
            Some(id) if id == node => return true,
            Some(id) => above = parent_of.get(&id).copied().flatten(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, Uuid, makes_cycle};
    use proptest::prelude::*;

    fn id(n: usize) -> Uuid {
        Uuid::from_u128(n as u128 + 1)
    }

    #[test]
    fn below_oneself_is_a_cycle() {
        let tree = BTreeMap::from([(id(0), None), (id(1), Some(id(0))), (id(2), Some(id(1)))]);
        assert!(makes_cycle(id(0), id(2), &tree));
        assert!(makes_cycle(id(1), id(1), &tree));
        assert!(!makes_cycle(id(2), id(0), &tree));
    }

    proptest! {
        /// However departments are moved, if every move asked first, all still reach the root.
        #[test]
        fn a_tree_stays_a_tree(moves in prop::collection::vec((0_usize..12, 0_usize..12), 0..200)) {
            let mut tree: BTreeMap<Uuid, Option<Uuid>> = (0..12).map(|n| (id(n), None)).collect();
            for (node, parent) in moves {
                if !makes_cycle(id(node), id(parent), &tree) {
                    tree.insert(id(node), Some(id(parent)));
                }
            }
            for start in tree.keys() {
                let (mut at, mut steps) = (Some(*start), 0);
                while let Some(node) = at {
                    at = tree[&node];
                    steps += 1;
                    prop_assert!(steps <= 12, "{start} never reaches the root");
                }
            }
        }
    }
}
