//! Reports, all made from [`crate::model::Grades`].

pub mod html;
