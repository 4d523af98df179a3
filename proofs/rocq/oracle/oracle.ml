(* SPDX-License-Identifier: Apache-2.0 *)
(* Random operations on the extracted models and on the C library at once; every answer is compared. *)

open Common

external c_ring : int -> int -> int -> int -> int = "oracle_ring"
external c_bytes : int -> int -> int -> int -> int = "oracle_bytes"
external c_timeout : int -> int -> int -> int -> int = "oracle_timeout"
external c_list : int -> int -> int -> int -> int = "oracle_list"
external c_sched : int -> int -> int -> int -> int = "oracle_sched"
external c_set : int -> int -> int -> int -> int = "oracle_set"
external c_wait : int -> int -> int -> int -> int = "oracle_wait"
external c_event : int -> int -> int -> int -> int = "oracle_event"
external c_poll : int -> int -> int -> int -> int = "oracle_poll"
external c_timer : int -> int -> int -> int -> int = "oracle_timer"
external c_domain : int -> int -> int -> int -> int = "oracle_domain"
external c_table : int -> int -> int -> int -> int = "oracle_table"
external c_thread : int -> int -> int -> int -> int = "oracle_thread"

module Typed_ring = struct
  open Typed_ring_buf_model
  let code = function
    | Ok n -> n | Fail EAGAIN -> eagain | Fail EPIPE -> epipe | Fail EPERM -> eperm | Fail EINVAL -> einval
  let serial = ref 0
  let element n = List.init n (fun _ -> incr serial; !serial land 255)
  let load es = List.iteri c_in (List.concat es)

  let round () =
    let cap = 1 + roll 8 and esz = 1 + roll 5 and bw = 1 + roll 4 and br = 1 + roll 4 in
    ignore (c_ring 0 cap esz (bw * 16 + br));
    let s = ref (init cap esz bw br) in
    for _ = 1 to 300 do
      let k = roll 12 in
      let name, o, call = match roll 40 with
        | 0 | 1 | 2 -> "write_claim", OClaim (W, k), (fun () -> c_ring 1 k 0 0)
        | 3 | 4 | 5 -> "read_claim", OClaim (R, k), (fun () -> c_ring 2 k 0 0)
        | 6 | 7 | 8 | 9 -> "write_commit", OCommit (W, roll 4), (fun () -> 0)
        | 10 | 11 | 12 | 13 -> "read_release", OCommit (R, roll 4), (fun () -> 0)
        | 14 | 15 | 16 when (!s).w.claimed > 0 ->
          let i = roll (!s).w.claimed and e = element esz in
          "fill", OFill (i, e), (fun () -> load [e]; c_ring 5 i 0 0)
        | 17 | 18 | 19 | 20 -> let e = element esz in "write", OWrite e, (fun () -> load [e]; c_ring 6 0 0 0)
        | 21 | 22 | 23 | 24 -> "read", ORead, (fun () -> c_ring 7 0 0 0)
        | 25 | 26 | 27 -> let es = List.init k (fun _ -> element esz) in
          "write_n", OWriteN es, (fun () -> load es; c_ring 8 k 0 0)
        | 28 | 29 | 30 -> "read_n", OReadN k, (fun () -> c_ring 9 k 0 0)
        | 31 -> "write_flush", OFlush W, (fun () -> c_ring 10 0 0 0)
        | 32 -> "read_flush", OFlush R, (fun () -> c_ring 11 0 0 0)
        | 33 when roll 20 = 0 -> "write_close", OClose W, (fun () -> c_ring 12 0 0 0)
        | 34 when roll 20 = 0 -> "read_close", OClose R, (fun () -> c_ring 13 0 0 0)
        | n when n land 1 = 0 -> "space", OAvailable W, (fun () -> c_ring 14 0 0 0)
        | _ -> "elements", OAvailable R, (fun () -> c_ring 15 0 0 0) in
      let call = match o with
        | OCommit (W, k) -> (fun () -> c_ring 3 k 0 0)
        | OCommit (R, k) -> (fun () -> c_ring 4 k 0 0)
        | _ -> call in
      let s', a = step !s o in
      s := s';
      let shown = match o with OClaim (R, _) -> a.seen | OCommit (R, _) | ORead | OReadN _ -> a.del | _ -> [] in
      let got = call () in
      agree "typed_ring_buf" name (code a.st, List.concat shown) (got, said ())
    done
end

module Byte_ring = struct
  open Ring_buf_model
  let code = function Ok n -> n | EAGAIN -> eagain | EINVAL -> einval
  let round () =
    let cap = 1 + roll 12 in
    ignore (c_bytes 0 cap 0 0);
    let s = ref (init cap) in
    for _ = 1 to 200 do
      let k = roll 16 in
      let name, o, call = match roll 20 with
        | 0 | 1 | 2 | 3 -> let l = List.init k (fun _ -> roll 256) in
          "put", OPut l, (fun () -> List.iteri c_in l; c_bytes 1 k 0 0)
        | 4 | 5 | 6 | 7 -> "get", OGet k, (fun () -> c_bytes 2 k 0 0)
        | 8 -> "peek", OPeek k, (fun () -> c_bytes 3 k 0 0)
        | 9 -> "put_claim", OPutClaim k, (fun () -> c_bytes 4 k 0 0)
        | 10 | 11 | 12 -> let b = roll 256 and i = roll 4 in "fill", OFill (i, b), (fun () -> c_bytes 5 i b 0)
        | 13 | 14 -> let k = roll 4 in "put_finish", OPutFinish k, (fun () -> c_bytes 6 k 0 0)
        | 15 -> "get_claim", OGetClaim k, (fun () -> c_bytes 7 k 0 0)
        | 16 -> let k = roll 4 in "get_finish", OGetFinish k, (fun () -> c_bytes 8 k 0 0)
        | 17 when roll 10 = 0 -> "reset", OReset, (fun () -> c_bytes 9 0 0 0)
        | 18 -> "size", OSize, (fun () -> c_bytes 10 0 0 0)
        | _ -> "space", OSpace, (fun () -> c_bytes 11 0 0 0) in
      let s', a = step !s o in
      s := s';
      let got = call () in
      agree "ring_buf" name (code a.st, a.seen) (got, said ())
    done
end

module Deadlines = struct
  open Timeout_model
  let forever = 1_000_000
  let code = function Ok -> 0 | EALREADY -> ealready | ENOENT -> enoent | EAGAIN -> eagain
  let round () =
    let ids = 1 + roll 12 and base = if roll 4 = 0 then forever - 4000 else roll 100 in
    ignore (c_timeout 0 ids base 0);
    let q = ref (init forever base) in
    for _ = 1 to 300 do
      let i = roll ids in
      let around () = let n = !q.now in match roll 12 with
        | 0 -> forever | 1 -> 0 | 2 -> forever - 1 - roll 3 | _ -> min forever (max 0 (n - 2 + roll 12)) in
      let soon () = let n = !q.now in min (forever - 1) (n + roll 5 - (if n > 0 then roll 2 else 0)) in
      let name, o, call = match roll 12 with
        | 0 | 1 | 2 -> let d = around () in "add", OAdd (i, d), (fun () -> c_timeout 1 i d 0)
        | 3 | 4 -> let d = if roll 8 = 0 then forever - roll 5 else roll 10 in
          "add_after", OAddAfter (i, d), (fun () -> c_timeout 2 i d 0)
        | 5 -> "abort", OAbort i, (fun () -> c_timeout 3 i 0 0)
        | 6 | 7 | 8 | 9 -> let n = soon () in "pop_due", OPop n, (fun () -> c_timeout 4 n 0 0)
        | 10 -> "next", ONext, (fun () -> c_timeout 5 0 0 0)
        | _ -> "active", OActive i, (fun () -> c_timeout 6 i 0 0) in
      let q', a = step !q o in
      q := q';
      let says = match o with
        | OPop _ -> (match a.fired with Some e -> [e.id] | None -> [])
        | ONext | OActive _ -> [a.value]
        | _ -> [] in
      let got = call () in
      agree "timeout" name (code a.st, says) (got, said ())
    done
end

module Lists = struct
  open List_model
  let round () =
    let nodes = 8 and lists = 4 in
    ignore (c_list 0 nodes lists 0);
    let x = ref init in
    let step_to name o call =
      let x', a = step !x o in
      x := x';
      let got = call () in
      agree "list" name ((match a with Some n -> n | None -> -1), []) (got, []) in
    for _ = 1 to 60 do
      let n = roll nodes and p = roll nodes and l = roll lists in
      let free = !x.owner n = None and placed = !x.owner p <> None in
      (match roll 8 with
       | 0 when free -> step_to "push_back" (OPushBack (l, n)) (fun () -> c_list 1 l n 0)
       | 1 when free -> step_to "push_front" (OPushFront (l, n)) (fun () -> c_list 2 l n 0)
       | 2 when free && placed -> step_to "insert_after" (OInsertAfter (p, n)) (fun () -> c_list 3 p n 0)
       | 3 when free && placed -> step_to "insert_before" (OInsertBefore (p, n)) (fun () -> c_list 4 p n 0)
       | 4 when placed -> step_to "remove" (ORemove p) (fun () -> c_list 5 p 0 0)
       | 5 -> step_to "pop_front" (OPopFront l) (fun () -> c_list 6 l 0 0)
       | 6 when placed -> step_to "move" (OMove (l, p)) (fun () -> c_list 7 l p 0)
       | _ -> step_to "owner" (OOwner n) (fun () -> c_list 12 n 0 0));
      step_to "first" (OFirst l) (fun () -> c_list 8 l 0 0);
      step_to "last" (OLast l) (fun () -> c_list 9 l 0 0);
      if !x.owner p <> None then begin
        step_to "next" (ONext p) (fun () -> c_list 10 p 0 0);
        step_to "prev" (OPrev p) (fun () -> c_list 11 p 0 0)
      end
    done
end

module Scheduler = struct
  open Sched_model
  let levels = 32 and meta = 2 and preempt = 8 (* GALE_PRIORITIES, GALE_PRIO_METAIRQ, GALE_PRIO_PREEMPT *)
  let some_priority () = match roll 4 with 0 -> roll 2 | 1 -> 2 + roll 6 | 2 -> 8 + roll 3 | _ -> roll levels
  let number = function Some n -> n | None -> -1
  let round () =
    let n = 8 in
    let first = Array.init n (fun _ -> some_priority ()) in
    Array.iteri c_in first;
    ignore (c_sched 0 0 0 0);
    let s = ref (init (fun t -> first.(t))) in
    let ready = Array.make n false in
    let step_to name o call =
      let s', a = step levels meta preempt !s o in
      s := s';
      let got = call () in
      agree "sched" name ((match o with OSwitch _ -> number a | _ -> -1), []) (got, []) in
    let queued t = List.mem t (!s.queue (!s.prio t)) in
    for _ = 1 to 80 do
      let t = roll n in
      (match roll 8 with
       | 0 | 1 when not ready.(t) -> ready.(t) <- true; step_to "add" (OAdd t) (fun () -> c_sched 1 t 0 0)
       | 2 when ready.(t) && !s.current <> Some t ->
         ready.(t) <- false; step_to "remove" (ORemove t) (fun () -> c_sched 2 t 0 0)
       | 3 -> (match !s.current with
           | Some c when ready.(c) && not (queued c) ->
             ready.(c) <- false; step_to "block" OBlock (fun () -> c_sched 3 0 0 0)
           | _ -> ())
       | 4 | 5 | 6 -> let y = roll 3 = 0 in step_to "switch" (OSwitch y) (fun () -> c_sched 4 (if y then 1 else 0) 0 0)
       | 7 -> let p = if roll 10 = 0 then levels + roll 3 else some_priority () in
         step_to "set_priority" (OSetPriority (t, p)) (fun () -> c_sched 5 t p 0)
       | _ -> ());
      List.iter (fun y -> agree "sched" "choose" (number (choose levels meta preempt !s y), [])
                    (c_sched 6 (if y then 1 else 0) 0 0, [])) [false; true]
    done
end

let flat l = List.concat (List.map (fun (t, s) -> [t; s]) (List.sort compare l))

(* Deadlines for both sides: 0 no wait, 1 this tick, 2 the next, ..., 99 never. *)
let some_deadline () = match roll 6 with 0 -> 0 | 1 -> 1 | 2 | 3 -> 2 + roll 3 | _ -> 99

module Semaphores = struct
  open Sem_model
  let code = function
    | Ok -> 0 | EBUSY -> ebusy | EAGAIN -> eagain | ETIMEDOUT -> etimedout | ECANCELED -> ecanceled | Blocked -> blocked
  let round () =
    let limit = 1 + roll 4 in
    let count = roll (limit + 1) in
    let pr = Array.init 4 (fun _ -> 20 + roll 3) in
    Array.iteri c_in pr;
    ignore (c_wait 0 count limit 0);
    let s = ref (init count limit 100) in
    let waits t = List.exists (fun x -> x.thread = t) !s.line in
    let step_to name o call =
      let s', a = step !s o in
      s := s';
      let got = call () in
      agree "sem" name (code a.st, flat (List.map (fun (t, e) -> (t, code e)) a.ended)) (got, said ()) in
    for _ = 1 to 200 do
      let t = roll 4 in
      match roll 12 with
      | 0 -> step_to "try_take" OTry (fun () -> c_wait 4 0 0 0)
      | 1 | 2 | 3 | 4 when not (waits t) ->
        let d = some_deadline () in
        let until = if d = 99 then None else if d = 0 then Some 0 else Some (!s.now + d - 1) in
        step_to "take" (OTake (t, pr.(t), until)) (fun () -> c_wait 1 t d 0)
      | 5 | 6 | 7 -> step_to "give" OGive (fun () -> c_wait 5 0 0 0)
      | 8 when roll 8 = 0 -> step_to "reset" OReset (fun () -> c_wait 6 0 0 0)
      | 9 when waits t -> step_to "cancel" (OCancel t) (fun () -> c_wait 3 t 0 0)
      | 10 -> pr.(t) <- 20 + roll 3; step_to "set_priority" (OSetPriority (t, pr.(t))) (fun () -> c_wait 7 t pr.(t) 0)
      | _ -> step_to "tick" OTick (fun () -> c_wait 2 0 0 0)
    done;
    ignore (c_wait 14 0 0 0);
    ignore (c_failed ())
end

module Gates = struct
  open Backpressure_gate_model
  let most = 65535 and room = 0xffffffff
  let code = function
    | Ok -> 0 | EBUSY -> ebusy | EOVERFLOW -> eoverflow | EINVAL -> einval | ETIMEDOUT -> etimedout
    | ECANCELED -> ecanceled | Blocked -> blocked
  let round () =
    Array.iteri c_in [| 20; 20; 20; 20 |];
    ignore (c_wait 0 0 0 1);
    let g = ref (init 100) in
    let waits t = List.exists (fun (u, _) -> u = t) !g.line in
    let step_to name o call =
      let g', a = step most room !g o in
      g := g';
      let got = call () in
      agree "backpressure_gate" name (code a.st, flat (List.map (fun (t, e) -> (t, code e)) a.ended)) (got, said ()) in
    for _ = 1 to 200 do
      let t = roll 4 in
      match roll 14 with
      | 0 -> step_to "enable" OEnable (fun () -> c_wait 8 0 0 0)
      | 1 | 2 -> step_to "disable" ODisable (fun () -> c_wait 9 0 0 0)
      | 3 -> step_to "inc" OInc (fun () -> c_wait 10 0 0 0)
      | 4 | 5 -> step_to "dec" ODec (fun () -> c_wait 11 0 0 0)
      | 6 -> step_to "try_enter" (OTry t) (fun () -> c_wait 12 0 0 0)
      | 7 | 8 | 9 | 10 when not (waits t) ->
        let d = some_deadline () in
        let until = if d = 99 then None else if d = 0 then Some 0 else Some (!g.now + d - 1) in
        step_to "wait_until_ready" (OWait (t, until)) (fun () -> c_wait 1 t d 0)
      | 11 -> step_to "leave" OLeave (fun () -> c_wait 13 0 0 0)
      | 12 when waits t -> step_to "cancel" (OCancel t) (fun () -> c_wait 3 t 0 0)
      | _ -> step_to "tick" OTick (fun () -> c_wait 2 0 0 0)
    done;
    ignore (c_wait 15 0 0 0);
    ignore (c_failed ())
end

module Waitables = struct
  open Waitable_set_model
  let count = 6 and nsets = 3
  let code = function
    | Ok -> 0 | EINVAL -> einval | EBUSY -> ebusy | EAGAIN -> eagain | EALREADY -> ealready | Blocked -> blocked
  let round () =
    ignore (c_set 0 0 0 0);
    let x = ref init in
    let serial = ref 0 in
    let waits t = List.exists (fun s -> List.mem t (!x.waiting s)) [0; 1; 2] in
    let step_to name o call =
      let x', a = step count !x o in
      x := x';
      let mine = List.filter (fun ((_, c), _) -> c = None) a.deliveries in
      let theirs = List.filter (fun ((_, c), _) -> c <> None) a.deliveries in
      let event ((ty, w), p) = [ty; w; p] in
      let who ((_, c), e) = (match c with Some t -> t | None -> -1) :: event e in
      let says = List.concat (List.map (fun (_, e) -> event e) mine)
                 @ List.concat (List.sort compare (List.map who theirs)) in
      let got = call () in
      agree "waitable_set" name (code a.st, says) (got, said ()) in
    for _ = 1 to 200 do
      let s = roll nsets and w = (if roll 50 = 0 then count else roll count) and t = roll 4 in
      match roll 16 with
      | 0 | 1 | 2 -> step_to "join" (OJoin (s, w)) (fun () -> c_set 1 s w 0)
      | 3 -> step_to "leave" (OLeave w) (fun () -> c_set 2 w 0 0)
      | 4 -> step_to "drop_waitable" (ODropWaitable w) (fun () -> c_set 3 w 0 0)
      | 5 | 6 | 7 | 8 -> incr serial; let ty = roll 8 and p = !serial in
        step_to "post" (OPost (w, ty, p)) (fun () -> c_set 4 w ty p)
      | 9 -> step_to "cancel" (OCancel w) (fun () -> c_set 5 w 0 0)
      | 10 | 11 -> step_to "poll" (OPoll s) (fun () -> c_set 6 s 0 0)
      | 12 | 13 when not (waits t) -> step_to "wait" (OWait (s, t)) (fun () -> c_set 7 s t 0)
      | 14 when waits t -> step_to "cancel_wait" (OEndWait t) (fun () -> c_set 8 t 0 0)
      | _ -> step_to "drop" (ODrop s) (fun () -> c_set 9 s 0 0)
    done;
    ignore (c_set 10 0 0 0);
    ignore (c_failed ())
end

module Events = struct
  open Event_model
  let rec pos k = if k = 1 then XH else if k land 1 = 0 then XO (pos (k lsr 1)) else XI (pos (k lsr 1))
  let bits k = if k = 0 then N0 else Npos (pos k)
  let rec of_pos = function XH -> 1 | XO p -> 2 * of_pos p | XI p -> 2 * of_pos p + 1
  let number = function N0 -> 0 | Npos p -> of_pos p
  let code = function Ok -> 0 | EAGAIN -> eagain | EINVAL -> einval | Blocked -> blocked
  let word () = match roll 8 with 0 -> 0xffffffff | 1 -> 0x80000000 lor roll 8 | 2 -> Random.bits () | _ -> roll 16
  let round () =
    let pr = Array.init 4 (fun _ -> 20 + roll 3) in
    Array.iteri c_in pr;
    ignore (c_event 0 0 0 0);
    let s = ref init in
    let waits t = List.exists (fun x -> x.thread = t) !s.line in
    let step_to name o cancelled call =
      let s', a = step !s o in
      s := s';
      let told (t, m) = [t; 0; number m] in
      let mine = match o with OTest _ | OWait _ -> [number a.value] | _ -> [] in
      let says = mine @ cancelled @ List.concat (List.sort compare (List.map told a.served)) in
      let got = call () in
      agree "event" name (code a.st, says) (got, said ()) in
    for _ = 1 to 200 do
      let t = roll 4 and b = word () and m = word () in
      match roll 14 with
      | 0 | 1 | 2 -> step_to "post" (OPost (bits b)) [] (fun () -> c_event 1 b 0 0)
      | 3 -> step_to "set" (OSet (bits b)) [] (fun () -> c_event 2 b 0 0)
      | 4 | 5 -> step_to "clear" (OClear (bits b)) [] (fun () -> c_event 3 b 0 0)
      | 6 -> step_to "set_masked" (OSetMasked (bits b, bits m)) [] (fun () -> c_event 4 b m 0)
      | 7 -> step_to "test" (OTest (bits m)) [] (fun () -> c_event 5 m 0 0)
      | 8 | 9 | 10 | 11 | 12 when not (waits t) ->
        let all = Random.bool () and clear = Random.bool () and nowait = roll 4 = 0 in
        let options = Bool.to_int all + 2 * Bool.to_int clear + 4 * Bool.to_int nowait in
        step_to "wait" (OWait (t, pr.(t), bits m, all, clear, nowait)) [] (fun () -> c_event 6 m options t)
      | 13 when waits t -> step_to "cancel" (OEndWait t) [t; ecanceled; 0] (fun () -> c_event 7 t 0 0)
      | _ -> ()
    done;
    ignore (c_event 8 0 0 0);
    ignore (c_failed ())
end

module Polls = struct
  open Poll_model
  let rec pos k = if k = 1 then XH else if k land 1 = 0 then XO (pos (k lsr 1)) else XI (pos (k lsr 1))
  let bits k = if k = 0 then N0 else Npos (pos k)
  let state_code = function NOT_READY -> 0 | SEM_AVAILABLE -> 1 | SIGNALED -> 2 | EVENT_MATCHED -> 3
  let code o a = match o, a with
    | OPoll, None -> eagain | OCheck _, None -> -1 | _, None -> 0 | _, Some n -> n
  let round () =
    ignore (c_poll 0 0 0 0);
    let w = ref init and waiting = ref false in
    let states () = List.map (fun (_, s) -> state_code s) !w.members in
    (* The blocked poll looks again; what it is told if that ends it. *)
    let woken () =
      if not !waiting then [] else begin
        let w', a = step !w OPoll in
        w := w';
        waiting := a = None;
        Option.to_list a
      end in
    let step_to name o call =
      let w', a = step !w o in
      w := w';
      let told = woken () in
      let got = call () in
      agree "poll" name (code o a, told @ states ()) (got, said ()) in
    for _ = 1 to 60 do
      let i = roll 2 and n = List.length !w.members in
      match roll 14 with
      | 0 | 1 -> let r = roll 100 in step_to "raise" (ORaise (i, r)) (fun () -> c_poll 1 i r 0)
      | 2 | 3 -> step_to "reset" (OReset i) (fun () -> c_poll 2 i 0 0)
      | 4 -> step_to "check" (OCheck i) (fun () -> c_poll 3 i 0 0)
      | 5 | 6 -> let c = roll 3 in step_to "sem" (OSetSem (i, c)) (fun () -> c_poll 4 i c 0)
      | 7 | 8 -> let f = roll 8 land roll 8 in step_to "flags" (OSetFlags (i, bits f)) (fun () -> c_poll 5 i f 0)
      | 9 when n < 6 && not !waiting ->
        let m = 1 + roll 7 in
        let kind = roll 3 in
        let o = match kind with 0 -> OnSem i | 1 -> OnSignal i | _ -> OnFlags (i, bits m) in
        step_to "member" (OInitMember o) (fun () -> c_poll 6 kind i m)
      | 10 | 11 when n > 0 && not !waiting -> step_to "poll" OPoll (fun () -> c_poll 7 0 0 0)
      | 12 when n > 0 && not !waiting ->
        let w', a = step !w OPoll in
        w := w';
        waiting := a = None;
        let status = Option.value a ~default:blocked in
        let got = c_poll 8 0 0 0 in
        agree "poll" "wait" (status, states ()) (got, said ())
      | 13 when !waiting ->
        waiting := false;
        let got = c_poll 9 0 0 0 in
        agree "poll" "cancel" (0, ecanceled :: states ()) (got, said ())
      | _ -> ()
    done;
    ignore (c_poll 10 0 0 0);
    ignore (c_failed ())
end

module Timers = struct
  open Timer_model
  let forever = 1_000_000 and most = 0xffffffff
  let round () =
    let base = if roll 4 = 0 then forever - 2000 else roll 100 in
    ignore (c_timer 0 base 0 0);
    let s = ref { (init forever) with now = base } in
    let expect name status calls call =
      let t = !s in
      let says = [Bool.to_int t.running; t.expired; Bool.to_int (t.expired = most); t.deadline; calls] in
      let got = call () in
      agree "timer" name (status, says) (got, said ()) in
    let step_to name o calls call =
      let s', a = step most forever !s o in
      s := s';
      expect name a calls call in
    for _ = 1 to 300 do
      let n = !s.now in
      match roll 14 with
      | 0 | 1 ->
        let first = (match roll 8 with 0 -> forever | 1 -> 0 | _ -> min forever (max 0 (n - 2 + roll 10))) in
        let per = (match roll 8 with 0 -> forever | 1 -> forever - roll 20 | 2 | 3 -> 0 | _ -> 1 + roll 5) in
        step_to "start" (OStart (first, per)) 0 (fun () -> c_timer 1 first per 0)
      | 2 when roll 4 = 0 -> step_to "stop" OStop 0 (fun () -> c_timer 2 0 0 0)
      | 3 when roll 2 = 0 -> step_to "read" ORead 0 (fun () -> c_timer 3 0 0 0)
      | 4 | 5 | 6 | 7 -> step_to "expire" OExpire (Bool.to_int (due forever !s)) (fun () -> c_timer 4 0 0 0)
      | 8 | 9 | 10 -> let to_ = min (forever - 1) (n + roll 8) in step_to "pass" (OPass to_) 0 (fun () -> c_timer 5 to_ 0 0)
      | 11 | 12 -> (* the executor fires until nothing is due *)
        let calls = ref 0 in
        while due forever !s do
          incr calls;
          s := fst (step most forever !s OExpire)
        done;
        expect "step" 0 !calls (fun () -> c_timer 6 0 0 0)
      | 13 when roll 8 = 0 -> let k = roll 3 in
        s := { !s with expired = most - k };
        expect "many" 0 0 (fun () -> c_timer 7 k 0 0)
      | _ -> ()
    done
end

module Domains = struct
  open Mem_domain_model
  let space = 1 lsl 32
  let code = function Ok -> 0 | EINVAL -> einval | EEXIST -> eexist | ENOMEM -> enomem | ENOENT -> enoent
  let bytes granule = match roll 4 with
    | 0 -> granule * (1 + roll 8) | 1 -> granule lsl roll 5 | 2 -> roll 300 | _ -> 256 * (1 + roll 4)
  let round () =
    let rules = roll 3 and capacity = 1 + roll 4 in
    let target = match rules with 0 -> PMSAV7 | 1 -> PMSAV8 | _ -> PAGE in
    let granule = if rules = 2 then 4096 else 32 in
    ignore (c_domain 0 rules capacity 0);
    let d = ref [] in
    let step_to name o call =
      let d', a = step capacity space target !d o in
      d := d';
      let got = call () in
      agree "mem_domain" name (code a, List.concat (List.map (fun p -> [p.start; p.size; p.access]) !d)) (got, said ()) in
    for _ = 1 to 100 do
      let start = (if roll 8 = 0 then roll 5000 else granule * roll 40) and size = bytes granule in
      let access = (match roll 5 with 0 -> roll 8 | 1 -> 0 | 2 -> 1 | 3 -> 3 | _ -> 5) in
      match roll 3, !d with
      | 0, _ :: _ when roll 4 > 0 -> let p = List.nth !d (roll (List.length !d)) in
        step_to "remove" (ORemove p) (fun () -> c_domain 2 p.start p.size p.access)
      | 0, _ -> step_to "remove" (ORemove { start; size; access }) (fun () -> c_domain 2 start size access)
      | _ -> step_to "add" (OAdd { start; size; access }) (fun () -> c_domain 1 start size access)
    done
end

module Tables = struct
  open Callback_table_model
  let types = 7
  let code = function
    | Ok -> 0 | EPERM -> eperm | EINVAL -> einval | EEXIST -> eexist | ENOMEM -> enomem | ENOENT -> enoent
  let round () =
    let capacity = roll 9 in
    ignore (c_table 0 capacity 0 0);
    let t = ref init in
    let step_to name o call =
      let t', a = step (min capacity types) types !t o in
      t := t';
      let call_of ((f, x), e) = [f; x; e.ev_type; e.ev_id; e.ev_payload] in
      let got = call () in
      agree "callback_table" name (code a.st, List.concat (List.map call_of a.calls)) (got, said ()) in
    for _ = 1 to 60 do
      let ty = roll 9 and f = roll 3 and a = roll 1000 in
      match roll 20 with
      | 0 when roll 2 = 0 -> step_to "seal" OSeal (fun () -> c_table 2 0 0 0)
      | n when n < 8 -> step_to "register" (ORegister (ty, f, a)) (fun () -> c_table 1 ty f a)
      | _ -> let b = roll 1000 in
        step_to "dispatch" (ODispatch { ev_type = ty; ev_id = a; ev_payload = b }) (fun () -> c_table 3 ty a b)
    done
end

module Lives = struct
  open Thread_model
  let levels = 32 and align = 16 and most = 3 (* GALE_PRIORITIES, GALE_STACK_ALIGN *)
  let code = function Ok -> 0 | EINVAL -> einval | EPERM -> eperm | ENOMEM -> enomem
  let round () =
    ignore (c_thread 0 0 0 0);
    let l = ref (init most) in
    let step_to name o i call =
      let l', a = step levels align !l o in
      l := l';
      let t = List.nth !l i in
      let n b = Bool.to_int b in
      let says = [n t.pending; n t.suspended; n t.dead; (if t.dead then 0 else t.its.priority); if t.dead then 0 else t.used] in
      let got = call () in
      agree "thread" name (code a, says) (got, said ()) in
    for _ = 1 to 120 do
      let i = roll most and p = if roll 8 = 0 then levels + roll 3 else roll levels in
      match roll 12 with
      | 0 | 1 | 2 ->
        let has_entry = roll 10 > 0 and has_stack = roll 3 > 0 in
        let bytes = if roll 5 = 0 then roll 128 else if has_stack then align * (1 + roll 8) else 0 in
        let spec = { entry = has_entry; stack = (if has_stack then Some 0 else None); stack_bytes = bytes; priority = p } in
        let what = Bool.to_int has_entry + 2 * Bool.to_int has_stack + 4 * bytes in
        step_to "init" (OInit (i, spec)) i (fun () -> c_thread 1 i what p)
      | 3 | 4 -> step_to "pend" (OPend i) i (fun () -> c_thread 2 i 0 0)
      | 5 | 6 -> step_to "wake" (OWake i) i (fun () -> c_thread 3 i 0 0)
      | 7 -> step_to "suspend" (OSuspend i) i (fun () -> c_thread 4 i 0 0)
      | 8 -> step_to "resume" (OResume i) i (fun () -> c_thread 5 i 0 0)
      | 9 when roll 3 = 0 -> step_to "abort" (OAbort i) i (fun () -> c_thread 6 i 0 0)
      | 10 -> step_to "set_priority" (OSetPriority (i, p)) i (fun () -> c_thread 7 i p 0)
      | _ -> let u = roll 160 in
        step_to "measure" (OMeasure (i, u)) i (fun () -> c_thread 8 i u 0)
    done
end

let modules = [
  "waitable_set", Waitables.round;
  "typed_ring_buf", Typed_ring.round; "ring_buf", Byte_ring.round; "timeout", Deadlines.round; "list", Lists.round;
  "sched", Scheduler.round; "sem", Semaphores.round; "event", Events.round; "poll", Polls.round;
  "timer", Timers.round; "backpressure_gate", Gates.round; "mem_domain", Domains.round; "callback_table", Tables.round;
  "thread", Lives.round ] @ Oracle_shared.modules @ Oracle_component.modules

let () =
  let seed = int_of_string Sys.argv.(1) in
  wanted := int_of_string Sys.argv.(2);
  let parts = List.tl (List.tl (List.tl (Array.to_list Sys.argv))) in
  let chosen (name, _) = parts = [] || List.exists (fun p -> p = name) parts in
  let failures = ref 0 in
  List.iter (fun (name, round) ->
      Random.init seed;
      operations := 0; mismatches := 0; shown := 0;
      let start = Unix.gettimeofday () in
      rounds round;
      if !mismatches > 0 || !operations < !wanted then incr failures;
      Printf.printf "%s oracle/%-26s %8d operations %6d mismatches  seed %d  %5.1f s\n%!"
        (if !mismatches = 0 then "ok  " else "FAIL") name !operations !mismatches seed (Unix.gettimeofday () -. start))
    (List.filter chosen modules);
  exit (if !failures = 0 then 0 else 1)
