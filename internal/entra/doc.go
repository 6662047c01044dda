// Package entra signs in to Microsoft Entra and gets access tokens, as an
// [azcore.TokenCredential]. It knows nothing of Terraform, nor of the API client.
//
//   - credential.go: access tokens from the token endpoint; access_token.go: one that
//     the user got elsewhere
//   - assertion.go, certificate.go: prove the client's identity without a secret
//   - rotation.go, token_file.go: write each new refresh token back to its file
//   - device_code.go: signs a user in with a browser
//   - claims.go: what an access token says about its user
//   - clouds.go: the national clouds, and their authorities
//   - errors.go: [Error]
package entra
