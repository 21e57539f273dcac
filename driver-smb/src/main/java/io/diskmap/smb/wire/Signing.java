package io.diskmap.smb.wire;

/** How the messages of a session are signed. */
enum Signing {
  /** Of SMB 2. */
  HMAC_SHA256,
  /** Of SMB 3. */
  AES_CMAC,
  /** Of SMB 3.1.1, where the server agrees. */
  AES_GMAC
}
