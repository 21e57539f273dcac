package io.diskmap.nfs.v4;

/** The statuses of the protocol (RFC 8881, section 15; RFC 7862, section 11). */
public final class Status {
  /** NFS4ERR_PERM. */
  public static final int PERM = 1;

  /** NFS4ERR_NOENT. */
  public static final int NOENT = 2;

  /** NFS4ERR_IO. */
  public static final int IO = 5;

  /** NFS4ERR_NXIO. */
  public static final int NXIO = 6;

  /** NFS4ERR_ACCESS. */
  public static final int ACCESS = 13;

  /** NFS4ERR_EXIST. */
  public static final int EXIST = 17;

  /** NFS4ERR_XDEV. */
  public static final int XDEV = 18;

  /** NFS4ERR_NOTDIR. */
  public static final int NOTDIR = 20;

  /** NFS4ERR_ISDIR. */
  public static final int ISDIR = 21;

  /** NFS4ERR_INVAL. */
  public static final int INVAL = 22;

  /** NFS4ERR_FBIG. */
  public static final int FBIG = 27;

  /** NFS4ERR_NOSPC. */
  public static final int NOSPC = 28;

  /** NFS4ERR_ROFS. */
  public static final int ROFS = 30;

  /** NFS4ERR_MLINK. */
  public static final int MLINK = 31;

  /** NFS4ERR_NAMETOOLONG. */
  public static final int NAMETOOLONG = 63;

  /** NFS4ERR_NOTEMPTY. */
  public static final int NOTEMPTY = 66;

  /** NFS4ERR_DQUOT. */
  public static final int DQUOT = 69;

  /** NFS4ERR_STALE. */
  public static final int STALE = 70;

  /** NFS4ERR_BADHANDLE. */
  public static final int BADHANDLE = 10001;

  /** NFS4ERR_BAD_COOKIE. */
  public static final int BAD_COOKIE = 10003;

  /** NFS4ERR_NOTSUPP. */
  public static final int NOTSUPP = 10004;

  /** NFS4ERR_TOOSMALL. */
  public static final int TOOSMALL = 10005;

  /** NFS4ERR_SERVERFAULT. */
  public static final int SERVERFAULT = 10006;

  /** NFS4ERR_BADTYPE. */
  public static final int BADTYPE = 10007;

  /** NFS4ERR_DELAY. */
  public static final int DELAY = 10008;

  /** NFS4ERR_SAME. */
  public static final int SAME = 10009;

  /** NFS4ERR_DENIED. */
  public static final int DENIED = 10010;

  /** NFS4ERR_EXPIRED. */
  public static final int EXPIRED = 10011;

  /** NFS4ERR_LOCKED. */
  public static final int LOCKED = 10012;

  /** NFS4ERR_GRACE. */
  public static final int GRACE = 10013;

  /** NFS4ERR_FHEXPIRED. */
  public static final int FHEXPIRED = 10014;

  /** NFS4ERR_SHARE_DENIED. */
  public static final int SHARE_DENIED = 10015;

  /** NFS4ERR_WRONGSEC. */
  public static final int WRONGSEC = 10016;

  /** NFS4ERR_CLID_INUSE. */
  public static final int CLID_INUSE = 10017;

  /** NFS4ERR_MOVED. */
  public static final int MOVED = 10019;

  /** NFS4ERR_NOFILEHANDLE. */
  public static final int NOFILEHANDLE = 10020;

  /** NFS4ERR_MINOR_VERS_MISMATCH. */
  public static final int MINOR_VERS_MISMATCH = 10021;

  /** NFS4ERR_STALE_CLIENTID. */
  public static final int STALE_CLIENTID = 10022;

  /** NFS4ERR_STALE_STATEID. */
  public static final int STALE_STATEID = 10023;

  /** NFS4ERR_OLD_STATEID. */
  public static final int OLD_STATEID = 10024;

  /** NFS4ERR_BAD_STATEID. */
  public static final int BAD_STATEID = 10025;

  /** NFS4ERR_BAD_SEQID. */
  public static final int BAD_SEQID = 10026;

  /** NFS4ERR_NOT_SAME. */
  public static final int NOT_SAME = 10027;

  /** NFS4ERR_SYMLINK. */
  public static final int SYMLINK = 10029;

  /** NFS4ERR_RESTOREFH. */
  public static final int RESTOREFH = 10030;

  /** NFS4ERR_ATTRNOTSUPP. */
  public static final int ATTRNOTSUPP = 10032;

  /** NFS4ERR_NO_GRACE. */
  public static final int NO_GRACE = 10033;

  /** NFS4ERR_RECLAIM_BAD. */
  public static final int RECLAIM_BAD = 10034;

  /** NFS4ERR_RECLAIM_CONFLICT. */
  public static final int RECLAIM_CONFLICT = 10035;

  /** NFS4ERR_BADXDR. */
  public static final int BADXDR = 10036;

  /** NFS4ERR_OPENMODE. */
  public static final int OPENMODE = 10038;

  /** NFS4ERR_BADOWNER. */
  public static final int BADOWNER = 10039;

  /** NFS4ERR_BADCHAR. */
  public static final int BADCHAR = 10040;

  /** NFS4ERR_BADNAME. */
  public static final int BADNAME = 10041;

  /** NFS4ERR_OP_ILLEGAL. */
  public static final int OP_ILLEGAL = 10044;

  /** NFS4ERR_FILE_OPEN. */
  public static final int FILE_OPEN = 10046;

  /** NFS4ERR_ADMIN_REVOKED. */
  public static final int ADMIN_REVOKED = 10047;

  /** NFS4ERR_CB_PATH_DOWN. */
  public static final int CB_PATH_DOWN = 10048;

  /** NFS4ERR_BADIOMODE. */
  public static final int BADIOMODE = 10049;

  /** NFS4ERR_BADSESSION. */
  public static final int BADSESSION = 10052;

  /** NFS4ERR_BADSLOT. */
  public static final int BADSLOT = 10053;

  /** NFS4ERR_COMPLETE_ALREADY. */
  public static final int COMPLETE_ALREADY = 10054;

  /** NFS4ERR_CONN_NOT_BOUND_TO_SESSION. */
  public static final int CONN_NOT_BOUND_TO_SESSION = 10055;

  /** NFS4ERR_SEQ_MISORDERED. */
  public static final int SEQ_MISORDERED = 10063;

  /** NFS4ERR_SEQUENCE_POS. */
  public static final int SEQUENCE_POS = 10064;

  /** NFS4ERR_REQ_TOO_BIG. */
  public static final int REQ_TOO_BIG = 10065;

  /** NFS4ERR_REP_TOO_BIG. */
  public static final int REP_TOO_BIG = 10066;

  /** NFS4ERR_REP_TOO_BIG_TO_CACHE. */
  public static final int REP_TOO_BIG_TO_CACHE = 10067;

  /** NFS4ERR_RETRY_UNCACHED_REP. */
  public static final int RETRY_UNCACHED_REP = 10068;

  /** NFS4ERR_UNSAFE_COMPOUND. */
  public static final int UNSAFE_COMPOUND = 10069;

  /** NFS4ERR_TOO_MANY_OPS. */
  public static final int TOO_MANY_OPS = 10070;

  /** NFS4ERR_OP_NOT_IN_SESSION. */
  public static final int OP_NOT_IN_SESSION = 10071;

  /** NFS4ERR_CLIENTID_BUSY. */
  public static final int CLIENTID_BUSY = 10074;

  /** NFS4ERR_SEQ_FALSE_RETRY. */
  public static final int SEQ_FALSE_RETRY = 10076;

  /** NFS4ERR_BAD_HIGH_SLOT. */
  public static final int BAD_HIGH_SLOT = 10077;

  /** NFS4ERR_DEADSESSION. */
  public static final int DEADSESSION = 10078;

  /** NFS4ERR_NOT_ONLY_OP. */
  public static final int NOT_ONLY_OP = 10081;

  /** NFS4ERR_WRONG_CRED. */
  public static final int WRONG_CRED = 10082;

  /** NFS4ERR_WRONG_TYPE. */
  public static final int WRONG_TYPE = 10083;

  /** NFS4ERR_REJECT_DELEG. */
  public static final int REJECT_DELEG = 10085;

  /** NFS4ERR_DELEG_REVOKED. */
  public static final int DELEG_REVOKED = 10087;

  /** NFS4ERR_PARTNER_NOTSUPP. */
  public static final int PARTNER_NOTSUPP = 10088;

  /** NFS4ERR_UNION_NOTSUPP. */
  public static final int UNION_NOTSUPP = 10090;

  /** NFS4ERR_OFFLOAD_DENIED. */
  public static final int OFFLOAD_DENIED = 10091;

  /** NFS4ERR_WRONG_LFS. */
  public static final int WRONG_LFS = 10092;

  /** NFS4ERR_OFFLOAD_NO_REQS. */
  public static final int OFFLOAD_NO_REQS = 10094;

  private Status() {}

  /** The status' name as the protocol writes it. */
  public static String name(int status) {
    return switch (status) {
      case 0 -> "NFS4_OK";
      case PERM -> "NFS4ERR_PERM";
      case NOENT -> "NFS4ERR_NOENT";
      case IO -> "NFS4ERR_IO";
      case NXIO -> "NFS4ERR_NXIO";
      case ACCESS -> "NFS4ERR_ACCESS";
      case EXIST -> "NFS4ERR_EXIST";
      case XDEV -> "NFS4ERR_XDEV";
      case NOTDIR -> "NFS4ERR_NOTDIR";
      case ISDIR -> "NFS4ERR_ISDIR";
      case INVAL -> "NFS4ERR_INVAL";
      case FBIG -> "NFS4ERR_FBIG";
      case NOSPC -> "NFS4ERR_NOSPC";
      case ROFS -> "NFS4ERR_ROFS";
      case MLINK -> "NFS4ERR_MLINK";
      case NAMETOOLONG -> "NFS4ERR_NAMETOOLONG";
      case NOTEMPTY -> "NFS4ERR_NOTEMPTY";
      case DQUOT -> "NFS4ERR_DQUOT";
      case STALE -> "NFS4ERR_STALE";
      case BADHANDLE -> "NFS4ERR_BADHANDLE";
      case BAD_COOKIE -> "NFS4ERR_BAD_COOKIE";
      case NOTSUPP -> "NFS4ERR_NOTSUPP";
      case TOOSMALL -> "NFS4ERR_TOOSMALL";
      case SERVERFAULT -> "NFS4ERR_SERVERFAULT";
      case BADTYPE -> "NFS4ERR_BADTYPE";
      case DELAY -> "NFS4ERR_DELAY";
      case SAME -> "NFS4ERR_SAME";
      case DENIED -> "NFS4ERR_DENIED";
      case EXPIRED -> "NFS4ERR_EXPIRED";
      case LOCKED -> "NFS4ERR_LOCKED";
      case GRACE -> "NFS4ERR_GRACE";
      case FHEXPIRED -> "NFS4ERR_FHEXPIRED";
      case SHARE_DENIED -> "NFS4ERR_SHARE_DENIED";
      case WRONGSEC -> "NFS4ERR_WRONGSEC";
      case CLID_INUSE -> "NFS4ERR_CLID_INUSE";
      case MOVED -> "NFS4ERR_MOVED";
      case NOFILEHANDLE -> "NFS4ERR_NOFILEHANDLE";
      case MINOR_VERS_MISMATCH -> "NFS4ERR_MINOR_VERS_MISMATCH";
      case STALE_CLIENTID -> "NFS4ERR_STALE_CLIENTID";
      case STALE_STATEID -> "NFS4ERR_STALE_STATEID";
      case OLD_STATEID -> "NFS4ERR_OLD_STATEID";
      case BAD_STATEID -> "NFS4ERR_BAD_STATEID";
      case BAD_SEQID -> "NFS4ERR_BAD_SEQID";
      case NOT_SAME -> "NFS4ERR_NOT_SAME";
      case SYMLINK -> "NFS4ERR_SYMLINK";
      case RESTOREFH -> "NFS4ERR_RESTOREFH";
      case ATTRNOTSUPP -> "NFS4ERR_ATTRNOTSUPP";
      case NO_GRACE -> "NFS4ERR_NO_GRACE";
      case RECLAIM_BAD -> "NFS4ERR_RECLAIM_BAD";
      case RECLAIM_CONFLICT -> "NFS4ERR_RECLAIM_CONFLICT";
      case BADXDR -> "NFS4ERR_BADXDR";
      case OPENMODE -> "NFS4ERR_OPENMODE";
      case BADOWNER -> "NFS4ERR_BADOWNER";
      case BADCHAR -> "NFS4ERR_BADCHAR";
      case BADNAME -> "NFS4ERR_BADNAME";
      case OP_ILLEGAL -> "NFS4ERR_OP_ILLEGAL";
      case FILE_OPEN -> "NFS4ERR_FILE_OPEN";
      case ADMIN_REVOKED -> "NFS4ERR_ADMIN_REVOKED";
      case CB_PATH_DOWN -> "NFS4ERR_CB_PATH_DOWN";
      case BADIOMODE -> "NFS4ERR_BADIOMODE";
      case BADSESSION -> "NFS4ERR_BADSESSION";
      case BADSLOT -> "NFS4ERR_BADSLOT";
      case COMPLETE_ALREADY -> "NFS4ERR_COMPLETE_ALREADY";
      case CONN_NOT_BOUND_TO_SESSION -> "NFS4ERR_CONN_NOT_BOUND_TO_SESSION";
      case SEQ_MISORDERED -> "NFS4ERR_SEQ_MISORDERED";
      case SEQUENCE_POS -> "NFS4ERR_SEQUENCE_POS";
      case REQ_TOO_BIG -> "NFS4ERR_REQ_TOO_BIG";
      case REP_TOO_BIG -> "NFS4ERR_REP_TOO_BIG";
      case REP_TOO_BIG_TO_CACHE -> "NFS4ERR_REP_TOO_BIG_TO_CACHE";
      case RETRY_UNCACHED_REP -> "NFS4ERR_RETRY_UNCACHED_REP";
      case UNSAFE_COMPOUND -> "NFS4ERR_UNSAFE_COMPOUND";
      case TOO_MANY_OPS -> "NFS4ERR_TOO_MANY_OPS";
      case OP_NOT_IN_SESSION -> "NFS4ERR_OP_NOT_IN_SESSION";
      case CLIENTID_BUSY -> "NFS4ERR_CLIENTID_BUSY";
      case SEQ_FALSE_RETRY -> "NFS4ERR_SEQ_FALSE_RETRY";
      case BAD_HIGH_SLOT -> "NFS4ERR_BAD_HIGH_SLOT";
      case DEADSESSION -> "NFS4ERR_DEADSESSION";
      case NOT_ONLY_OP -> "NFS4ERR_NOT_ONLY_OP";
      case WRONG_CRED -> "NFS4ERR_WRONG_CRED";
      case WRONG_TYPE -> "NFS4ERR_WRONG_TYPE";
      case REJECT_DELEG -> "NFS4ERR_REJECT_DELEG";
      case DELEG_REVOKED -> "NFS4ERR_DELEG_REVOKED";
      case PARTNER_NOTSUPP -> "NFS4ERR_PARTNER_NOTSUPP";
      case UNION_NOTSUPP -> "NFS4ERR_UNION_NOTSUPP";
      case OFFLOAD_DENIED -> "NFS4ERR_OFFLOAD_DENIED";
      case WRONG_LFS -> "NFS4ERR_WRONG_LFS";
      case OFFLOAD_NO_REQS -> "NFS4ERR_OFFLOAD_NO_REQS";
      default -> "NFS4 status " + status;
    };
  }
}
