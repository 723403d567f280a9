//! The reports as web pages: what they say, and that a browser agrees.
#![warn(clippy::pedantic)]

mod browser;
mod chrome;
mod class;
mod feedback;
mod sample;
mod similarity;
mod timeline;
