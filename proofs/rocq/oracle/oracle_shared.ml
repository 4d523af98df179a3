(* SPDX-License-Identifier: Apache-2.0 *)
(* The models of what crosses between executors and between domains, beside the C: the doorbell, one atomic step at a
   time, and the shared region. *)

open Common

external c_bell : int -> int -> int -> int -> int = "oracle_bell"
external c_region : int -> int -> int -> int -> int = "oracle_region"
external c_grants : int -> int -> int -> int -> int = "oracle_grants"

module Bells = struct
  open Doorbell_model
  let ringers = 4
  let bits l = List.fold_left (fun w b -> w lor (1 lsl b)) 0 l
  let round () =
    ignore (c_bell 0 0 0 0);
    let d = ref init in
    let back = ref false in (* The sleeper has come back from its sleep and takes next. *)
    let step_to name o call =
      let d', l = step !d o in
      d := d';
      let phase = match !d.at_ with Running -> 0 | Marked -> 1 | Blocked -> 2 in
      let got = call () in
      agree "doorbell" name (bits l, [bits !d.word; Bool.to_int !d.asleep; !d.owed; phase]) (got, said ()) in
    for _ = 1 to 100 do
      match roll 14 with
      | 0 | 1 | 2 | 3 when !d.owed < ringers -> let b = roll 31 in step_to "ring" (SRing b) (fun () -> c_bell 1 b 0 0)
      | 4 | 5 when !d.owed > 0 ->
        let n = roll !d.owed in
        back := !back || !d.at_ = Blocked;
        step_to "wake" SWake (fun () -> c_bell 2 n 0 0)
      | 6 | 7 | 8 when !d.at_ = Running && not !back ->
        step_to "sleep" SSleep (fun () -> c_bell 3 0 0 0);
        back := !d.at_ = Running
      | 9 | 10 when !d.at_ = Marked -> step_to "block" SBlock (fun () -> c_bell 4 0 0 0); back := !d.at_ = Running
      | 11 when !d.at_ = Blocked && roll 3 = 0 -> back := true; step_to "time-out" STimeout (fun () -> c_bell 5 0 0 0)
      | 12 | 13 when !d.at_ = Running -> back := false; step_to "take" STake (fun () -> c_bell 6 0 0 0)
      | _ -> ()
    done
end

module Regions = struct
  open Shared_stream_region_model
  let ecorrupt = -77 and mark = 0x80000000
  let code = function Ok -> 0 | EPIPE -> epipe | EPERM -> eperm | EINVAL -> einval | ECORRUPT -> ecorrupt

  (* One end, whose peer writes any word; mostly such as it could. *)
  let an_end () =
    let cap = 1 + roll 8 and writer = Random.bool () and rules = roll 3 in
    let bias = if writer then cap else 0 in
    ignore (c_region 0 cap (Bool.to_int writer) rules);
    let e = ref init in
    let step_to name o status call =
      let e', a = step cap bias mark !e o in
      e := e';
      let status = status (code a) in
      let got = call () in
      agree "shared_stream_region" name
        (status, [!e.index; !e.seen; Bool.to_int !e.seen_closed; !e.pending; code !e.st; Bool.to_int !e.closed])
        (got, said ()) in
    let owned () = known cap bias !e !e.seen in
    for _ = 1 to 60 do
      match roll 12 with
      | 0 | 1 | 2 | 3 | 4 ->
        let honest = (!e.seen + roll (cap + 1)) mod (2 * cap) in
        let index = (match roll 30 with 0 -> Random.bits () land 0x7fffffff | 1 -> roll (3 * cap) | _ -> honest) in
        let w = if roll 60 = 0 then index + mark else index in
        let w = if believable cap bias mark !e w || roll 10 = 0 then w else !e.seen + (if !e.seen_closed then mark else 0) in
        step_to "sync" (OSync w) (fun a -> if a = 0 then owned () else a) (fun () -> c_region 1 w 0 0)
      | 5 | 6 | 7 | 8 | 9 ->
        let n = (if roll 10 = 0 then 1 + roll (2 * cap) else 1 + roll (max 1 (owned ()))) in
        let mine = Bool.to_int (n <= owned ()) in
        step_to "move" (OMove n) Fun.id (fun () -> c_region 2 n mine 0)
      | 10 -> step_to "flush" OFlush (fun _ -> 0) (fun () -> c_region 3 0 0 0)
      | _ when roll 20 = 0 -> step_to "close" OClose (fun _ -> 0) (fun () -> c_region 4 0 0 0)
      | _ -> ()
    done

  let nobody = { has = (fun _ -> false); revoked = (fun _ -> false); word_closed = (fun _ -> false) }
  let rights = function None_ -> 0 | RO -> 1 | RW -> 2
  let owner () =
    ignore (c_grants 0 (1 + roll 8) (roll 3) 0);
    let line, data = match said () with [line; data] -> line, data | _ -> 0, 0 in
    let o = ref nobody in
    let spots = [| 0; line - 1; line; line + data - 1; line + data; line + data + line - 1; line + data + line |] in
    for _ = 1 to 8 do
      let x = if Random.bool () then Writer else Reader and b = spots.(roll 7) and c = roll (line + data + line + 8) in
      let side = Bool.to_int (x = Reader) in
      let grant = roll 3 > 0 in
      let o', ok = act !o (if grant then OGrant x else ORevoke x) in
      o := o';
      let of_side y =
        [Bool.to_int (!o.has y); Bool.to_int (!o.revoked y); Bool.to_int (!o.word_closed y);
         rights (reaches line data !o y b); rights (reaches line data !o y c)] in
      let got = c_grants (if grant then 1 else 2) side b c in
      agree "shared_stream_region" (if grant then "grant" else "revoke") (Bool.to_int ok, of_side Writer @ of_side Reader)
        (got, said ())
    done

  let round () = if roll 4 = 0 then owner () else an_end ()
end

let modules = ["doorbell", Bells.round; "shared_stream_region", Regions.round]
