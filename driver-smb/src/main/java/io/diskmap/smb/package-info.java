/**
 * Disks on shares of Windows and Samba file servers. smbj negotiates and logs in; the requests
 * behind that are the driver's own, many at once and compounded.
 */
@NullMarked
package io.diskmap.smb;

import org.jspecify.annotations.NullMarked;
