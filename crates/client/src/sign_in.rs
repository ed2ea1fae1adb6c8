//! Letting this device in by a code, and people into the console.

use hansa_model::participant::{Invitation, IssuedToken};
use hansa_model::sign_in::{DeviceCode, DeviceQuestion, NewDevice, SignUp, SignedIn};

use crate::client::Client;
use crate::error::ClientError;

/// Whether a device was let in.
#[derive(Debug)]
pub enum DeviceAnswer {
    /// It was, with this token.
    Token(Box<IssuedToken>),
    /// Nobody has answered yet.
    Pending,
    /// Nobody has answered yet, and the device must wait longer between its questions.
    SlowDown,
}

impl Client {
    /// Asks to let this device in: gives a code for its user to type in a browser.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn device_code(&self, new: &NewDevice) -> Result<DeviceCode, ClientError> {
        self.post("/v1/device/codes", new).await
    }

    /// Asks whether this device was let in.
    ///
    /// # Errors
    /// [`ClientError`]; a problem `access-denied` or `expired-token` is for good.
    pub async fn device_token(&self, question: &DeviceQuestion) -> Result<DeviceAnswer, ClientError> {
        let answer: Result<IssuedToken, _> = self.post("/v1/device/tokens", question).await;
        match answer {
            Ok(issued) => Ok(DeviceAnswer::Token(Box::new(issued))),
            Err(ClientError::Problem(problem)) if problem.code() == "authorization-pending" => {
                Ok(DeviceAnswer::Pending)
            }
            Err(ClientError::Problem(problem)) if problem.code() == "slow-down" => Ok(DeviceAnswer::SlowDown),
            Err(error) => Err(error),
        }
    }

    /// Makes a one-time code by which the caller gets an account for the console.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn invite_self(&self) -> Result<Invitation, ClientError> {
        self.post("/v1/members/self/invitations", &serde_json::json!({})).await
    }

    /// Makes an account by an invitation, which whoever has its password signs in to the console with. The session that
    /// comes with it is of no use here.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sign_up(&self, new: &SignUp) -> Result<SignedIn, ClientError> {
        self.post("/v1/sign-up", new).await
    }
}
