(* SPDX-License-Identifier: Apache-2.0 *)
(* Streams of the Component Model: the two ends of one stream, as the reference defines them at the pinned version.

   Model          reference (canonical-abi/definitions.py)        C (src/component)
   ORead n        ReadableStreamEnd.copy, SharedStreamImpl.read    gale_canon_stream_read: gale__copy_begin
   OWrite es      WritableStreamEnd.copy, SharedStreamImpl.write   gale_canon_stream_write: gale__copy_begin
   OEvent x       the end's pending event is taken: stream_event   gale__waitable_take, gale__copy_deliver (waitable-set.wait,
                                                                   .poll, a callback, the return of a synchronous copy)
   OCancel x      cancel_copy                                      gale_canon_stream_cancel_read, _write: gale__copy_cancel
                  (between guests a cancel is done at once, so the state CANCELLING_COPY is never left standing)
   ODrop x        CopyEnd.drop                                     gale_canon_stream_drop_readable, _writable: gale__copy_drop
   OKill x        none: a trap ends the whole store there          gale__store_poison: trap_free_handle
   meet           SharedStreamImpl.read, .write                    copy_rendezvous, copy_meet_stream, gale__copy_advance
   Who holds which end, memories, and what a trap does: instance.v, which is what runs beside the C.

   Elements are numbers. A buffer is what its owner offered and how far it got: a write's elements, a read's room. *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Inductive who := R | W.
Definition other (x : who) : who := match x with R => W | W => R end.

Inductive copy_state := IDLE | COPYING | DONE.
Inductive result := COMPLETED | DROPPED | CANCELLED.

(* An end: its state, its buffer while a copy is on (offered, progress), its pending event, whether it is gone. *)
Record side := Side { state : copy_state; len : nat; progress : nat; event : option result; gone : bool }.

(* src: the elements of the write that is on. pending: whose buffer the stream keeps. *)
Record stream := Stream { rd : side; wr : side; src : list nat; pending : option who; dropped : bool }.

(* Trap; Blocked; or a result with the progress. *)
Inductive answer := Trap | Blocked | Done (r : result) (n : nat) | Quiet.
(* given: what was copied to the reader; used: the elements that a writer is told were taken from it. *)
Record out := Out { what : answer; given : list nat; used : list nat }.

Inductive op := ORead (n : nat) | OWrite (es : list nat) | OEvent (x : who) | OCancel (x : who) | ODrop (x : who)
              | OKill (x : who).

Definition end_of (x : who) (s : stream) : side := match x with R => rd s | W => wr s end.
Definition set (x : who) (s : stream) (e : side) : stream :=
  match x with R => Stream e (wr s) (src s) (pending s) (dropped s) | W => Stream (rd s) e (src s) (pending s) (dropped s) end.

Definition remain (e : side) : nat := len e - progress e.
Definition notify (e : side) (r : result) : side := Side (state e) (len e) (progress e) (Some r) (gone e).
Definition leave (e : side) : side := Side (state e) (len e) (progress e) (event e) true.
Definition begin_copy (e : side) (n : nat) : side := Side COPYING n 0 None (gone e).
Definition advance (e : side) (n : nat) : side := Side (state e) (len e) (progress e + n) (Some COMPLETED) (gone e).

(* Both buffers move on by n; both ends have an event; the stream still keeps the one that it kept. *)
Definition transfer (s : stream) (n : nat) : stream * list nat :=
  (Stream (advance (rd s) n) (advance (wr s) n) (src s) (pending s) (dropped s),
   firstn n (skipn (progress (wr s)) (src s))).

Definition keep (s : stream) (x : option who) : stream := Stream (rd s) (wr s) (src s) x (dropped s).

(* The copy of end x, whose buffer is already set, meets what the stream keeps. *)
Definition meet (x : who) (s : stream) : stream * list nat :=
  if dropped s then (set x s (notify (end_of x s) DROPPED), [])
  else match pending s with
       | None => (keep s (Some x), [])
       | Some y =>
         let mine := end_of x s in
         let theirs := end_of (other x) s in
         if 0 <? remain theirs then
           if 0 <? remain mine then transfer s (Nat.min (remain mine) (remain theirs))
           else (set x s (notify mine COMPLETED), [])
         else if (match x with W => true | R => false end) && (len mine =? 0) && (len theirs =? 0) then
           (set x s (notify mine COMPLETED), [])
         else (keep (set (other x) s (notify theirs COMPLETED)) (Some x), [])
       end.

(* Taking the event ends the copy; the buffer goes back to its owner, and the stream keeps it no more. *)
Definition take_event (x : who) (s : stream) : stream * answer :=
  let e := end_of x s in
  match event e with
  | None => (s, Blocked)
  | Some r =>
    let s1 := set x s (Side (match r with DROPPED => DONE | _ => IDLE end) 0 0 None (gone e)) in
    let s2 := match x with W => Stream (rd s1) (wr s1) [] (pending s1) (dropped s1) | R => s1 end in
    (keep s2 (match pending s2 with Some y => match x, y with R, R | W, W => None | _, _ => pending s2 end | None => None end),
     Done r (progress e))
  end.

Definition finish (x : who) (s : stream) (g : list nat) : stream * out :=
  let (s', a) := take_event x s in
  (s', Out a g (match x, a with W, Done _ n => firstn n (src s) | _, _ => [] end)).

(* The end goes whatever it does: what it had on offer is taken back, and the other end is told as by a drop. *)
Definition kill (x : who) (s : stream) : stream :=
  let s1 := set x s (leave (end_of x s)) in
  let s2 := match pending s with
            | None => s1
            | Some y => keep (match x, y with
                              | R, R | W, W => s1
                              | _, _ => set (other x) s1 (notify (end_of (other x) s1) DROPPED)
                              end) None
            end in
  Stream (rd s2) (wr s2) (src s2) (pending s2) true.

Definition step (s : stream) (o : op) : stream * out :=
  match o with
  | ORead n =>
    if gone (rd s) then (s, Out Trap [] [])
    else match state (rd s) with
         | IDLE => let (s1, g) := meet R (set R s (begin_copy (rd s) n)) in finish R s1 g
         | _ => (s, Out Trap [] [])
         end
  | OWrite es =>
    if gone (wr s) then (s, Out Trap [] [])
    else match state (wr s) with
         | IDLE => let s0 := Stream (rd s) (begin_copy (wr s) (length es)) es (pending s) (dropped s) in
                   let (s1, g) := meet W s0 in finish W s1 g
         | _ => (s, Out Trap [] [])
         end
  | OEvent x => if gone (end_of x s) then (s, Out Blocked [] []) else finish x s []
  | OCancel x =>
    if gone (end_of x s) then (s, Out Trap [] [])
    else match state (end_of x s) with
         | COPYING =>
           let e := end_of x s in
           match event e with
           | Some _ => finish x s []
           | None => finish x (keep (set x s (notify e CANCELLED)) None) []
           end
         | _ => (s, Out Trap [] [])
         end
  | ODrop x =>
    let e := end_of x s in
    if gone e then (s, Out Trap [] [])
    else match state e with
         | COPYING => (s, Out Trap [] [])
         | _ =>
           let s1 := set x s (leave e) in
           if dropped s then (s1, Out Quiet [] [])
           else let t := end_of (other x) s1 in
                let s2 := match pending s with
                          | Some _ => keep (set (other x) s1 (notify t DROPPED)) None
                          | None => s1
                          end in
                (Stream (rd s2) (wr s2) (src s2) (pending s2) true, Out Quiet [] [])
         end
  | OKill x => if gone (end_of x s) then (s, Out Quiet [] []) else (kill x s, Out Quiet [] [])
  end.

Definition fresh : side := Side IDLE 0 0 None false.
Definition init : stream := Stream fresh fresh [] None false.

(* What holds between operations: progress within the request; an idle end has no buffer and no event; the elements on
   offer are those of the write that is on. *)
Definition side_ok (e : side) : Prop :=
  progress e <= len e /\ (state e = COPYING \/ len e = 0 /\ progress e = 0 /\ event e = None).
Definition ok (s : stream) : Prop := side_ok (rd s) /\ side_ok (wr s) /\ len (wr s) <= length (src s).

Ltac parts := repeat match goal with |- _ /\ _ => split end.

(* The elements of the write that is on which the reader has. *)
Definition taken (s : stream) : list nat := firstn (progress (wr s)) (src s).

Lemma firstn_more (a n : nat) (l : list nat) : firstn (a + n) l = firstn a l ++ firstn n (skipn a l).
Proof. revert l; induction a as [| a IH]; intros [| x l]; simpl; auto using firstn_nil; now rewrite ?firstn_nil, ?IH. Qed.

(* A copy that meets: progress stays within both requests, and what is given is the next of what is offered. *)
Lemma meet_spec x s : progress (rd s) <= len (rd s) -> progress (wr s) <= len (wr s) -> len (wr s) <= length (src s) ->
  let (s', g) := meet x s in
  progress (rd s') <= len (rd s') /\ progress (wr s') <= len (wr s') /\
  len (rd s') = len (rd s) /\ len (wr s') = len (wr s) /\ src s' = src s /\
  state (rd s') = state (rd s) /\ state (wr s') = state (wr s) /\
  progress (wr s') = progress (wr s) + length g /\ progress (rd s') = progress (rd s) + length g /\
  taken s' = taken s ++ g /\ (pending s = None -> end_of (other x) s' = end_of (other x) s).
Proof.
  intros A B C. unfold meet.
  destruct (dropped s); [destruct x; simpl; unfold taken; simpl; rewrite ?app_nil_r; parts; auto; lia|].
  destruct (pending s) as [y |] eqn:P; [| destruct x; simpl; unfold taken; simpl; rewrite ?app_nil_r; parts; auto; lia].
  destruct (0 <? remain (end_of (other x) s)) eqn:T.
  - destruct (0 <? remain (end_of x s)) eqn:M.
    + set (n := Nat.min _ _). unfold transfer, taken. cbn [rd wr src progress len state advance].
      assert (N : n <= remain (rd s) /\ n <= remain (wr s)) by (unfold n; destruct x; simpl; lia). unfold remain in N.
      assert (L : length (firstn n (skipn (progress (wr s)) (src s))) = n) by (rewrite firstn_length, skipn_length; lia).
      rewrite L. parts; auto; try lia; try congruence. apply firstn_more.
    + destruct x; simpl; unfold taken; simpl; rewrite ?app_nil_r; parts; auto; lia || congruence.
  - destruct ((match x with W => true | R => false end) && (len (end_of x s) =? 0) && (len (end_of (other x) s) =? 0));
      destruct x; simpl; unfold taken; simpl; rewrite ?app_nil_r; parts; auto; lia || congruence.
Qed.

Lemma take_event_spec x s : progress (end_of x s) <= len (end_of x s) ->
  let (s', a) := take_event x s in
  end_of (other x) s' = end_of (other x) s /\
  match a with
  | Done r n => event (end_of x s) = Some r /\ n = progress (end_of x s) /\ len (end_of x s') = 0 /\
                progress (end_of x s') = 0 /\ event (end_of x s') = None /\
                state (end_of x s') = (match r with DROPPED => DONE | _ => IDLE end) /\
                src s' = (match x with W => [] | R => src s end)
  | Blocked => s' = s /\ event (end_of x s) = None
  | _ => False
  end.
Proof.
  intro H. unfold take_event. destruct (event (end_of x s)) as [r |] eqn:E; [| auto].
  destruct x; simpl; parts; auto.
Qed.

(* ---- one step ------------------------------------------------------------------------------------------------ *)

(* How many elements a reader is told that it got. *)
Definition told_reader (e : op * out) : nat :=
  match e with (ORead _, Out (Done _ n) _ _) | (OEvent R, Out (Done _ n) _ _) | (OCancel R, Out (Done _ n) _ _) => n | _ => 0 end.

Lemma finish_spec x s g : progress (rd s) <= len (rd s) -> progress (wr s) <= len (wr s) -> len (wr s) <= length (src s) ->
  side_ok (end_of (other x) s) -> (event (end_of x s) = None -> side_ok (end_of x s)) ->
  let (s', o) := finish x s g in
  ok s' /\ given o = g /\ taken s = used o ++ taken s' /\
  progress (rd s) = (match x, what o with R, Done _ n => n | _, _ => 0 end) + progress (rd s') /\
  (what o = Blocked \/ exists r n, what o = Done r n).
Proof.
  intros A B C O M. unfold finish. pose proof (take_event_spec x s) as T.
  assert (P : progress (end_of x s) <= len (end_of x s)) by (destruct x; auto).
  specialize (T P). destruct (take_event x s) as [s' a]. destruct T as [T1 T2].
  destruct a as [| | r n |]; try contradiction.
  - destruct T2 as [-> E]. cbn [what given used]. unfold ok. parts; auto; destruct x; simpl in *; auto.
  - destruct T2 as (E & N & L & Q & V & S & K). cbn [what given used]. unfold ok, side_ok, taken.
    destruct x; simpl in *; rewrite ?T1, ?K, ?L, ?Q, ?V; subst; parts; auto; try lia; try exact (proj2 O); try (right; eauto); try tauto;
      rewrite ?firstn_nil, ?app_nil_r; auto; try lia; try (right; parts; auto); try apply O; try (right; eauto; fail).
Qed.

Lemma idle_taken s : ok s -> state (wr s) <> COPYING -> taken s = [].
Proof. intros (_ & [A B] & _) N. unfold taken. destruct B as [B | (_ & B & _)]; [congruence | now rewrite B]. Qed.

(* The drop's notice changes neither progress nor what is on offer. *)
Lemma notify_ok e r : side_ok e -> state e = COPYING -> side_ok (notify e r).
Proof. intros [A B] S. split; simpl; auto. Qed.

(* The stream keeps only the buffer of an end that copies. *)
Definition kept_ok (s : stream) : Prop := forall x, pending s = Some x -> state (end_of x s) = COPYING.

Lemma meet_kept x s : state (end_of x s) = COPYING -> kept_ok s -> kept_ok (fst (meet x s)).
Proof.
  intros S K. unfold meet, kept_ok in *. destruct (dropped s); [destruct x; simpl in *; intros [] E; simpl; auto; apply (K _ E)|].
  destruct (pending s) as [y |] eqn:P; [| destruct x; simpl in *; intros [] E; simpl; congruence || auto].
  specialize (K y eq_refl) as Ky.
  destruct (0 <? remain (end_of (other x) s)); [destruct (0 <? remain (end_of x s))|
    destruct ((match x with W => true | R => false end) && (len (end_of x s) =? 0) && (len (end_of (other x) s) =? 0))];
    destruct x; simpl in *; intros z E; try (injection E as <-); try (rewrite P in E; injection E as <-); destruct y; simpl in *; auto;
    try (destruct z; simpl in *; congruence || auto).
Qed.

Lemma take_kept x s : kept_ok s -> kept_ok (fst (take_event x s)).
Proof.
  intros K. unfold take_event, kept_ok in *. destruct (event (end_of x s)) as [r |]; [| exact K].
  destruct x, (pending s) as [[|] |] eqn:P; simpl; intros z E; rewrite ?P in *; simpl in *; try discriminate; try (injection E as <-); simpl;
    try (apply (K W eq_refl)); try (apply (K R eq_refl)).
Qed.

Definition law (s : stream) (o : op) : Prop :=
  let (s', a) := step s o in
  ok s' /\ kept_ok s' /\ taken s ++ given a = used a ++ taken s' /\
  progress (rd s) + length (given a) = told_reader (o, a) + progress (rd s').

Lemma trap_law s o : ok s -> kept_ok s -> step s o = (s, Out Trap [] []) -> law s o.
Proof. intros H K E. unfold law. rewrite E. simpl. rewrite app_nil_r. parts; auto. destruct o as [| | [] | [] | |]; simpl; lia. Qed.

(* After a copy has met, both ends are in order. *)
Lemma met_ok x s0 : state (end_of x s0) = COPYING -> kept_ok s0 -> progress (end_of x s0) <= len (end_of x s0) ->
  side_ok (end_of (other x) s0) -> pending s0 <> Some x -> len (wr s0) <= length (src s0) ->
  let (s', o) := (let (s1, g) := meet x s0 in finish x s1 g) in
  ok s' /\ kept_ok s' /\ taken s0 ++ given o = used o ++ taken s' /\
  progress (rd s0) + length (given o) = (match x, what o with R, Done _ n => n | _, _ => 0 end) + progress (rd s').
Proof.
  intros S K P O N L.
  pose proof (meet_spec x s0) as M. pose proof (meet_kept x s0 S K) as MK.
  assert (A : progress (rd s0) <= len (rd s0)) by (destruct x; simpl in *; [exact P | apply O]).
  assert (B : progress (wr s0) <= len (wr s0)) by (destruct x; simpl in *; [apply O | exact P]).
  specialize (M A B L).
  destruct (meet x s0) as [s1 g]. destruct M as (M1 & M2 & M3 & M4 & M5 & M6 & M7 & M8 & M9 & M10 & M11).
  assert (O1 : side_ok (end_of (other x) s1)).
  { destruct (pending s0) as [y |] eqn:Q; [| now rewrite M11].
    assert (C : state (end_of (other x) s0) = COPYING).
    { specialize (K y Q). destruct x, y; simpl in *; congruence. }
    split; [destruct x; simpl; auto|]. left. destruct x; simpl in *; congruence. }
  pose proof (finish_spec x s1 g M1 M2 ltac:(rewrite M4, M5; exact L) O1) as F.
  pose proof (take_kept x s1 MK) as TK. unfold finish in *.
  destruct (take_event x s1) as [s' a]. cbn [fst] in TK.
  destruct F as (F1 & F2 & F3 & F4 & _).
  { intros _. split; [destruct x; simpl; auto|]. left. destruct x; simpl in *; congruence. }
  cbn [given used what] in *. parts; auto.
  - now rewrite <- F3, M10.
  - rewrite <- M9. exact F4.
Qed.

(* Taking an event, and a cancel, which makes one. *)
Lemma finished_ok x s : ok s -> kept_ok s -> let (s', o) := finish x s [] in
  ok s' /\ kept_ok s' /\ taken s ++ given o = used o ++ taken s' /\
  progress (rd s) + length (given o) = (match x, what o with R, Done _ n => n | _, _ => 0 end) + progress (rd s').
Proof.
  intros (HR & HW & HS) K.
  pose proof (finish_spec x s [] (proj1 HR) (proj1 HW) HS) as F. pose proof (take_kept x s K) as TK. unfold finish in *.
  destruct (take_event x s) as [s' a]. cbn [fst] in TK. destruct F as (F1 & F2 & F3 & F4 & _); [destruct x; auto | destruct x; auto|].
  cbn [given used what length] in *. rewrite app_nil_r, Nat.add_0_r. auto.
Qed.

Lemma drop_law x s : ok s -> kept_ok s -> state (end_of x s) <> COPYING ->
  let (s', a) := (let e := end_of x s in let s1 := set x s (leave e) in
    if dropped s then (s1, Out Quiet [] [])
    else let t := end_of (other x) s1 in
         let s2 := match pending s with Some _ => keep (set (other x) s1 (notify t DROPPED)) None | None => s1 end in
         (Stream (rd s2) (wr s2) (src s2) (pending s2) true, Out Quiet [] [])) in
  ok s' /\ kept_ok s' /\ taken s ++ given a = used a ++ taken s' /\
  progress (rd s) + length (given a) = told_reader (ODrop x, a) + progress (rd s').
Proof.
  intros (HR & HW & HS) K N.
  assert (L : side_ok (leave (end_of x s))).
  { assert (E : side_ok (end_of x s)) by (destruct x; auto). destruct E as [E1 [E2 | E2]]; [congruence|].
    split; [exact E1 | right; exact E2]. }
  assert (KL : kept_ok (set x s (leave (end_of x s)))).
  { intros z Q. assert (P : pending s = Some z) by (destruct x; exact Q). specialize (K z P).
    destruct x, z; simpl in *; auto. }
  destruct (dropped s); [| destruct (pending s) as [y |] eqn:P].
  - cbn [given used told_reader]. rewrite app_nil_r. unfold ok. destruct x; cbn [set rd wr src end_of] in *; parts; auto.
  - assert (C : state (end_of (other x) s) = COPYING).
    { specialize (K y P). destruct x, y; simpl in *; congruence. }
    assert (M : side_ok (notify (end_of (other x) s) DROPPED)) by (apply notify_ok; [destruct x; auto | exact C]).
    cbn [given used told_reader]. rewrite app_nil_r. unfold ok.
    destruct x; cbn [set rd wr src end_of other keep pending] in *; parts; auto; intros z Q; discriminate.
  - cbn [given used told_reader]. rewrite app_nil_r. unfold ok.
    destruct x; cbn [set rd wr src end_of other keep pending] in *; parts; auto; intros z Q; simpl in Q; congruence.
Qed.

Lemma kill_law x s : ok s -> kept_ok s ->
  ok (kill x s) /\ kept_ok (kill x s) /\ taken s = taken (kill x s) /\ progress (rd s) = progress (rd (kill x s)).
Proof.
  intros (HR & HW & HS) K. unfold kill.
  destruct (pending s) as [y |] eqn:P.
  - specialize (K y P). unfold ok, side_ok, kept_ok, taken in *.
    destruct x, y; simpl in *; parts; auto; try (apply HR); try (apply HW); try (intros z Q; discriminate); try tauto.
  - unfold ok, side_ok, kept_ok, taken in *. destruct x; simpl in *; parts; auto; try (apply HR); try (apply HW);
      try (intros z Q; simpl in Q; congruence).
Qed.

(* ST01, for one step: what the reader is given next is what the writer's elements go on with, and what an end is told
   is what was moved. *)
Theorem st01_step s o : ok s -> kept_ok s -> law s o.
Proof.
  intros H K. pose proof H as (HR & HW & HS).
  destruct o as [n | es | x | x | x | x].
  - destruct (gone (rd s)) eqn:G; [apply trap_law; auto; cbn [step]; now rewrite G|].
    destruct (state (rd s)) eqn:S; try (apply trap_law; auto; cbn [step]; now rewrite G, S).
    unfold law. cbn [step]. rewrite G, S.
    pose proof (met_ok R (set R s (begin_copy (rd s) n)) eq_refl) as M.
    assert (Z : progress (rd s) = 0) by (destruct HR as [_ [Q | Q]]; [congruence | tauto]).
    destruct (let (s1, g) := meet R (set R s (begin_copy (rd s) n)) in finish R s1 g) as [s' a].
    destruct M as (M1 & M2 & M3 & M4); auto.
    + intros z Q. specialize (K z Q). destruct z; simpl in *; auto.
    + simpl. lia.
    + simpl. intro Q. specialize (K R Q). simpl in K. congruence.
    + parts; auto. rewrite Z. simpl in *. destruct a as [[| | r m |] gv us]; simpl in *; auto.
  - destruct (gone (wr s)) eqn:G; [apply trap_law; auto; cbn [step]; now rewrite G|].
    destruct (state (wr s)) eqn:S; try (apply trap_law; auto; cbn [step]; now rewrite G, S).
    unfold law. cbn [step]. rewrite G, S.
    set (s0 := Stream (rd s) (begin_copy (wr s) (length es)) es (pending s) (dropped s)).
    pose proof (met_ok W s0 eq_refl) as M.
    assert (Z : taken s = []) by (apply idle_taken; auto; congruence).
    destruct (let (s1, g) := meet W s0 in finish W s1 g) as [s' a]. destruct M as (M1 & M2 & M3 & M4); auto.
    + intros z Q. specialize (K z Q). destruct z; simpl in *; auto.
    + simpl. lia.
    + simpl. intro Q. specialize (K W Q). simpl in K. congruence.
    + parts; auto. rewrite Z. exact M3.
  - unfold law. cbn [step]. destruct (gone (end_of x s)); [simpl; rewrite app_nil_r; parts; auto; destruct x; simpl; lia|].
    pose proof (finished_ok x s H K) as F. destruct (finish x s []) as [s' a].
    destruct F as (F1 & F2 & F3 & F4). parts; auto. rewrite F4. f_equal. destruct x, a as [[| | r m |] gv us]; auto.
  - destruct (gone (end_of x s)) eqn:G; [apply trap_law; auto; cbn [step]; now rewrite G|].
    destruct (state (end_of x s)) eqn:S; try (apply trap_law; auto; cbn [step]; now rewrite G, S).
    unfold law. cbn [step]. rewrite G, S.
    assert (T : forall s1, ok s1 -> kept_ok s1 -> taken s1 = taken s -> progress (rd s1) = progress (rd s) ->
      let (s', a) := finish x s1 [] in
      ok s' /\ kept_ok s' /\ taken s ++ given a = used a ++ taken s' /\
      progress (rd s) + length (given a) = told_reader (OCancel x, a) + progress (rd s')).
    { intros s1 A1 A2 A3 A4. pose proof (finished_ok x s1 A1 A2) as F. destruct (finish x s1 []) as [s' a].
      destruct F as (F1 & F2 & F3 & F4). rewrite A3 in F3. rewrite A4 in F4. parts; auto. rewrite F4. f_equal.
      destruct x, a as [[| | r m |] gv us]; auto. }
    destruct (event (end_of x s)); [apply T; auto|]. apply T.
    + unfold ok. destruct x; simpl in *; parts; auto; apply notify_ok; auto.
    + intros z Q. discriminate.
    + destruct x; reflexivity.
    + destruct x; reflexivity.
  - destruct (gone (end_of x s)) eqn:G; [apply trap_law; auto; cbn [step]; now rewrite G|].
    destruct (state (end_of x s)) eqn:S; [| apply trap_law; auto; cbn [step]; now rewrite G, S |];
      (unfold law; cbn [step]; rewrite G, S; apply drop_law; auto; congruence).
  - unfold law. cbn [step]. destruct (gone (end_of x s)); [simpl; rewrite app_nil_r; parts; auto|].
    destruct (kill_law x s H K) as (A & B & C & D). cbn [given used length told_reader]. rewrite app_nil_r, Nat.add_0_r.
    parts; auto.
Qed.

Lemma init_ok : ok init /\ kept_ok init.
Proof.
  unfold ok, kept_ok, side_ok, init, fresh; simpl. split; [parts; auto; right; auto | discriminate].
Qed.

Lemma reached t : ok (final step init t) /\ kept_ok (final step init t).
Proof.
  apply (run_keeps step (fun s => ok s /\ kept_ok s) (fun _ => True)); auto using init_ok.
  intros s o [H K] _. pose proof (st01_step s o H K) as L. unfold law in L. destruct (step s o). simpl. tauto.
Qed.

(* ---- the properties ---------------------------------------------------------------------------------------- *)

(* ST01: over any trace of reads, writes, events, cancels and drops: what the reader received is what the writer's
   finished writes say was taken from them, in order, and then the part taken from the write that is on. Nothing is lost,
   doubled or reordered; and a write's part is a prefix of its elements (st02). *)
Theorem st01_received_is_a_prefix_of_offered t :
  flat_map (fun e => given (snd e)) (log step init t) =
  flat_map (fun e => used (snd e)) (log step init t) ++ taken (final step init t).
Proof.
  pose proof (run_conserves step (fun s => ok s /\ kept_ok s) (fun _ => True) taken (fun e => given (snd e)) (fun e => used (snd e))) as C.
  specialize (C ltac:(intros s o [H K] _; pose proof (st01_step s o H K) as L; unfold law in L; destruct (step s o); simpl; tauto)).
  specialize (C ltac:(intros s o [H K] _; pose proof (st01_step s o H K) as L; unfold law in L; destruct (step s o); simpl; tauto)).
  specialize (C t init init_ok ltac:(auto)). exact C.
Qed.

(* ... and what a reader is told it got adds up to what was moved. *)
Theorem st01_reader_is_told_what_it_got t :
  length (flat_map (fun e => given (snd e)) (log step init t)) =
  list_sum (map told_reader (log step init t)) + progress (rd (final step init t)).
Proof.
  assert (G : forall t s, ok s -> kept_ok s ->
    progress (rd s) + length (flat_map (fun e => given (snd e)) (log step s t)) =
    list_sum (map told_reader (log step s t)) + progress (rd (final step s t))).
  { clear. induction t as [| o t IH]; intros s H K; [unfold final, log; simpl; lia|].
    pose proof (st01_step s o H K) as L. rewrite log_cons, final_cons. cbn [flat_map map snd]. unfold law in L.
    destruct (step s o) as [s' a]. destruct L as (L1 & L2 & _ & L4). cbn [fst snd]. specialize (IH s' L1 L2).
    rewrite app_length. unfold list_sum in *. cbn [fold_right]. lia. }
  destruct init_ok as [A B]. exact (G t init A B).
Qed.

(* ST02: progress never exceeds the request. *)
Theorem st02_progress_within_the_request t : let s := final step init t in
  progress (rd s) <= len (rd s) /\ progress (wr s) <= len (wr s) /\ len (wr s) <= length (src s).
Proof. intros s. destruct (reached t) as [(A & B & C) _]. split; [apply A | split; [apply B | exact C]]. Qed.

(* ST03: a copy moves elements progress .. progress + n of both buffers, all of them within the requests. *)
Theorem st03_inside_both_buffers x s : ok s -> progress (end_of x s) = 0 ->
  let (s', g) := meet x s in
  progress (rd s) + length g <= len (rd s) /\ progress (wr s) + length g <= len (wr s).
Proof.
  intros (A & B & C) _. pose proof (meet_spec x s (proj1 A) (proj1 B) C) as M. destruct (meet x s) as [s' g].
  destruct M as (M1 & M2 & M3 & M4 & _ & _ & _ & M8 & M9 & _). lia.
Qed.

(* ST04: one copy at a time per end. *)
Theorem st04_one_read_at_a_time s n : state (rd s) <> IDLE -> step s (ORead n) = (s, Out Trap [] []).
Proof. intros H. cbn [step]. destruct (gone (rd s)); auto. destruct (state (rd s)); auto. congruence. Qed.

Theorem st04_one_write_at_a_time s es : state (wr s) <> IDLE -> step s (OWrite es) = (s, Out Trap [] []).
Proof. intros H. cbn [step]. destruct (gone (wr s)); auto. destruct (state (wr s)); auto. congruence. Qed.

(* ST05: after a drop the other end's copy that waits is told so, and so is the next copy it starts; *)
Theorem st05_drop_ends_the_waiting_copy s x : ok s -> kept_ok s -> gone (end_of x s) = false -> state (end_of x s) <> COPYING ->
  dropped s = false -> pending s = Some (other x) ->
  let s' := fst (step s (ODrop x)) in
  event (end_of (other x) s') = Some DROPPED /\ pending s' = None /\ dropped s' = true.
Proof.
  intros H K G S D P. cbn [step]. rewrite G. destruct (state (end_of x s)); try congruence; rewrite D, P; destruct x; simpl; auto.
Qed.

Theorem st05_drop_ends_the_next_copy s n es : dropped s = true ->
  (gone (rd s) = false -> state (rd s) = IDLE -> what (snd (step s (ORead n))) = Done DROPPED 0) /\
  (gone (wr s) = false -> state (wr s) = IDLE -> what (snd (step s (OWrite es))) = Done DROPPED 0).
Proof.
  intro D. split; intros G S; cbn [step]; rewrite G, S; unfold meet; simpl; rewrite D; reflexivity.
Qed.

(* ... once: an end that was told is done, and every further copy traps. *)
Theorem st05_told_once x s : let (s', a) := take_event x s in
  a = Done DROPPED (progress (end_of x s)) -> state (end_of x s') = DONE.
Proof.
  unfold take_event. destruct (event (end_of x s)) as [[| |] |]; intro E; try discriminate. destruct x; reflexivity.
Qed.

Theorem st05_done_is_final s n es : (state (rd s) = DONE -> what (snd (step s (ORead n))) = Trap) /\
  (state (wr s) = DONE -> what (snd (step s (OWrite es))) = Trap).
Proof. split; intro S; cbn [step]; rewrite S; destruct (gone _); reflexivity. Qed.

(* ST06: a cancel answers at once with the progress of the copy and gives the buffer back; a second one traps. *)
Theorem st06_cancel_gives_back s x : gone (end_of x s) = false -> state (end_of x s) = COPYING ->
  exists r, what (snd (step s (OCancel x))) = Done r (progress (end_of x s)) /\
            state (end_of x (fst (step s (OCancel x)))) <> COPYING /\ len (end_of x (fst (step s (OCancel x)))) = 0.
Proof.
  intros G S. cbn [step]. rewrite G, S. destruct (event (end_of x s)) as [r |] eqn:E.
  - exists r. unfold finish, take_event. rewrite E. destruct x, r; simpl; parts; auto; discriminate.
  - exists CANCELLED. unfold finish, take_event. destruct x; simpl; parts; auto; discriminate.
Qed.

Theorem st06_only_once s x : state (end_of x s) <> COPYING -> step s (OCancel x) = (s, Out Trap [] []).
Proof. intro S. cbn [step]. destruct (gone (end_of x s)); auto. destruct (state (end_of x s)); auto. congruence. Qed.

(* ST07: a zero-length read that meets a writer with data is answered at once, and the writer stays; of two zero-length
   copies the write is answered and the read stays, so each round trip answers one of them. *)
Theorem st07_zero_read_signals s : gone (rd s) = false -> state (rd s) = IDLE -> dropped s = false -> pending s = Some W ->
  0 < remain (wr s) ->
  what (snd (step s (ORead 0))) = Done COMPLETED 0 /\ pending (fst (step s (ORead 0))) = Some W /\
  wr (fst (step s (ORead 0))) = wr s.
Proof.
  intros G S D P L. cbn [step]. rewrite G, S. unfold meet. simpl. rewrite D, P. apply Nat.ltb_lt in L.
  rewrite L. unfold finish, take_event. simpl. auto.
Qed.

Theorem st07_both_zero s : gone (wr s) = false -> state (wr s) = IDLE -> dropped s = false -> pending s = Some R -> len (rd s) = 0 ->
  what (snd (step s (OWrite []))) = Done COMPLETED 0 /\ pending (fst (step s (OWrite []))) = Some R /\
  rd (fst (step s (OWrite []))) = rd s.
Proof.
  intros G S D P L. cbn [step]. rewrite G, S. unfold meet. simpl. rewrite D, P. unfold remain. rewrite L. simpl.
  unfold finish, take_event. simpl. auto.
Qed.

Theorem st07_zero_read_is_answered_by_a_write s e es : gone (wr s) = false -> state (wr s) = IDLE -> dropped s = false ->
  pending s = Some R -> len (rd s) = 0 -> progress (rd s) = 0 ->
  event (rd (fst (step s (OWrite (e :: es))))) = Some COMPLETED /\ pending (fst (step s (OWrite (e :: es)))) = Some W.
Proof.
  intros G S D P L Q. cbn [step]. rewrite G, S. unfold meet. simpl. rewrite D, P. unfold remain. rewrite L. simpl.
  unfold finish, take_event. simpl. auto.
Qed.

(* ---- over traces: what an end that waits can rely on ------------------------------------------------------------- *)

Definition waits (e : side) : Prop := gone e = false /\ state e = COPYING /\ event e = None.
Definition known (s : stream) : Prop :=
  (waits (rd s) -> pending s = Some R) /\ (waits (wr s) -> pending s = Some W) /\
  (pending s = Some R -> gone (rd s) = false) /\ (pending s = Some W -> gone (wr s) = false) /\
  (dropped s = true -> pending s = None) /\ (dropped s = gone (rd s) || gone (wr s)) /\
  (event (rd s) = Some DROPPED -> dropped s = true) /\ (event (wr s) = Some DROPPED -> dropped s = true).

Ltac branch := repeat match goal with
  | |- context [match ?b with _ => _ end] => is_var b; destruct b; simpl in *
  | |- context [if ?b then _ else _] => destruct b eqn:?; simpl in *
  end.

Lemma step_known s o : ok s -> kept_ok s -> known s -> known (fst (step s o)).
Proof.
  intros _ K N. pose proof (K R) as KR. pose proof (K W) as KW. clear K.
  destruct s as [[rs rl rp re rg] [ws wl wp we wg] l p d]. unfold known, waits in *. simpl in *.
  destruct o as [n | es | x | x | x | x]; try destruct x; simpl; unfold finish, take_event, meet, kill, transfer, remain; simpl;
    branch; intuition (subst; simpl in *; rewrite ?orb_true_r; try congruence; auto).
Qed.

Lemma always_known t : known (final step init t).
Proof.
  assert (H : let s := final step init t in ok s /\ kept_ok s /\ known s); [| apply H].
  apply (run_keeps step (fun s => ok s /\ kept_ok s /\ known s) (fun _ => True)); auto.
  - intros s o (A & B & C) _. pose proof (st01_step s o A B) as L. unfold law in L. pose proof (step_known s o A B C).
    destruct (step s o). simpl in *. tauto.
  - destruct init_ok. repeat split; auto; unfold waits; simpl; intuition congruence.
Qed.

(* ST05: over any trace: once one end is gone, the other one does not wait; and it is told of a drop only then, *)
Theorem st05_nobody_waits_for_who_is_gone t x : let s := final step init t in
  gone (end_of (other x) s) = true -> ~ waits (end_of x s).
Proof.
  intros s G V. destruct (always_known t) as (A & B & _ & _ & C & D & _). fold s in A, B, C, D.
  assert (E : dropped s = true) by (rewrite D; destruct x; simpl in G; rewrite G; auto using orb_true_r).
  apply C in E. destruct x; simpl in *; [apply A in V | apply B in V]; congruence.
Qed.

Definition told_dropped (x : who) (e : op * out) : nat :=
  match x, e with
  | R, (ORead _, Out (Done DROPPED _) _ _) | W, (OWrite _, Out (Done DROPPED _) _ _) => 1
  | R, (OEvent R, Out (Done DROPPED _) _ _) | W, (OEvent W, Out (Done DROPPED _) _ _) => 1
  | R, (OCancel R, Out (Done DROPPED _) _ _) | W, (OCancel W, Out (Done DROPPED _) _ _) => 1
  | _, _ => 0
  end.
Definition done (x : who) (s : stream) : nat := match state (end_of x s) with DONE => 1 | _ => 0 end.

Lemma step_tells x s o : ok s -> done x s + told_dropped x (o, snd (step s o)) = done x (fst (step s o)).
Proof.
  intros (HR & HW & _). destruct HR as [_ HR], HW as [_ HW]. unfold done, told_dropped.
  destruct s as [[rs rl rp re rg] [ws wl wp we wg] l p d]. simpl in *.
  destruct o as [n | es | y | y | y | y]; try destruct y; destruct x; simpl;
    unfold finish, take_event, meet, kill, transfer, remain; simpl; branch; simpl in *; auto; intuition congruence.
Qed.

Theorem st05_told_only_if_gone t x o : let s := final step init t in
  told_dropped x (o, snd (step s o)) = 1 -> gone (end_of (other x) s) = true.
Proof.
  intro s. destruct (always_known t) as (_ & _ & _ & _ & _ & D & E & F). fold s in D, E, F. clearbody s. unfold told_dropped.
  destruct s as [[rs rl rp re rg] [ws wl wp we wg] l p d]. simpl in *.
  destruct o as [n | es | y | y | y | y]; try destruct y; destruct x; simpl;
    unfold finish, take_event, meet, kill, transfer, remain; simpl; branch; simpl in *; subst; simpl in *; auto; try discriminate;
    rewrite ?orb_false_r, ?orb_true_r in *; auto; try (symmetry; apply E; reflexivity); try (symmetry; apply F; reflexivity).
Qed.

(* ... once: an end is told of the drop as often as it is done for good: once or never. *)
Theorem st05_told_at_most_once x t :
  list_sum (map (told_dropped x) (log step init t)) = done x (final step init t) /\ done x (final step init t) <= 1.
Proof.
  split; [| unfold done; destruct (state _); auto].
  assert (G : forall t s, ok s -> kept_ok s -> known s ->
    done x s + list_sum (map (told_dropped x) (log step s t)) = done x (final step s t)).
  { clear t. induction t as [| o t IH]; intros s A B C; [unfold final, log; simpl; lia|].
    rewrite log_cons, final_cons. cbn [map list_sum fold_right].
    pose proof (step_tells x s o A) as T. pose proof (st01_step s o A B) as L. unfold law in L.
    pose proof (step_known s o A B C) as V. destruct (step s o) as [s' a]. cbn [fst snd] in *. destruct L as (L1 & L2 & _).
    specialize (IH s' L1 L2 V). unfold list_sum in *. cbn [fold_right] in *. lia. }
  specialize (G t init (proj1 init_ok) (proj2 init_ok)). replace (done x init) with 0 in G by (destruct x; reflexivity).
  apply G. apply (always_known []).
Qed.

(* ST07: over any trace, zero-length copies among them: never do both ends wait for each other. *)
Theorem st07_never_both_wait t : let s := final step init t in ~ (waits (rd s) /\ waits (wr s)).
Proof. intros s [A B]. destruct (always_known t) as (C & D & _). fold s in C, D. apply C in A. apply D in B. congruence. Qed.

(* ---- ST01, write by write ----------------------------------------------------------------------------------------- *)

(* The write that an operation finishes or goes on with; the elements that each accepted write offers. *)
Definition offered (s : stream) (o : op) : list nat := match o with OWrite es => es | _ => src s end.
Definition offers (e : op * out) : list (list nat) :=
  match e with (OWrite _, Out Trap _ _) => [] | (OWrite es, _) => [es] | _ => [] end.

Lemma finish_used x s g : let (s', a) := finish x s g in
  what a <> Trap /\ (used a = [] /\ src s' = src s \/ exists n, used a = firstn n (src s) /\ src s' = []).
Proof.
  unfold finish, take_event. destruct (event (end_of x s)) as [r |]; [| simpl; split; [discriminate | destruct x; auto]].
  destruct x; simpl; (split; [discriminate | eauto]).
Qed.

Lemma meet_src x s : src (fst (meet x s)) = src s.
Proof.
  unfold meet. destruct (dropped s); [destruct x; auto|]. destruct (pending s); [| auto].
  destruct (0 <? remain (end_of (other x) s)); [destruct (0 <? remain (end_of x s)); destruct x; auto|].
  destruct (_ && _); destruct x; auto.
Qed.

Lemma step_used s o : let (s', a) := step s o in
  what a = Trap /\ s' = s /\ given a = [] /\ used a = [] \/
  what a <> Trap /\ (used a = [] /\ src s' = offered s o \/ exists n, used a = firstn n (offered s o) /\ src s' = []).
Proof.
  destruct o as [n | es | x | x | x | x]; cbn [step offered].
  - destruct (gone (rd s)); [simpl; left; auto|]. destruct (state (rd s)); try (simpl; left; auto; fail).
    pose proof (meet_src R (set R s (begin_copy (rd s) n))) as M. destruct (meet R _) as [s1 g]. cbn [fst] in M.
    pose proof (finish_used R s1 g) as F. destruct (finish R s1 g). simpl in M. rewrite M in F. auto.
  - destruct (gone (wr s)); [simpl; left; auto|]. destruct (state (wr s)); try (simpl; left; auto; fail).
    set (s0 := Stream _ _ _ _ _). pose proof (meet_src W s0) as M. destruct (meet W s0) as [s1 g]. cbn [fst] in M.
    pose proof (finish_used W s1 g) as F. destruct (finish W s1 g). simpl in M. rewrite M in F. auto.
  - destruct (gone _); [simpl; right; split; [discriminate | auto]|]. pose proof (finish_used x s []) as F. destruct (finish x s []). auto.
  - destruct (gone _); [simpl; left; auto|]. destruct (state _); try (simpl; left; auto; fail).
    destruct (event _); [pose proof (finish_used x s []) as F; destruct (finish x s []); auto|].
    set (s1 := keep _ None). pose proof (finish_used x s1 []) as F. destruct (finish x s1 []).
    assert (E : src s1 = src s) by (destruct x; reflexivity). rewrite E in F. auto.
  - destruct (gone _); [simpl; left; auto|]. destruct (state _); try (simpl; left; auto; fail);
      destruct (dropped s); destruct (pending s); destruct x; simpl; right; (split; [discriminate | auto]).
  - destruct (gone _); [simpl; right; split; [discriminate | auto]|]. unfold kill.
    destruct (pending s) as [[|]|]; destruct x; simpl; right; (split; [discriminate | auto]).
Qed.

Definition beginnings (ks : list nat) (ws : list (list nat)) : list nat :=
  flat_map (fun kw => firstn (fst kw) (snd kw)) (combine ks ws).

(* ST01: at every moment what the reader received is, write by write, in order, a beginning of what that write offered. *)
Theorem st01_received_is_a_beginning_of_each_write t : let ws := flat_map offers (log step init t) in
  exists ks, length ks = length ws /\ flat_map (fun e => given (snd e)) (log step init t) = beginnings ks ws.
Proof.
  cbn zeta. assert (G : forall t s, ok s -> kept_ok s -> exists k ks, length ks = length (flat_map offers (log step s t)) /\
    taken s ++ flat_map (fun e => given (snd e)) (log step s t) = firstn k (src s) ++ beginnings ks (flat_map offers (log step s t))).
  { clear t. induction t as [| o t IH]; intros s H K.
    - exists (progress (wr s)), []. split; reflexivity.
    - rewrite log_cons. cbn [flat_map]. pose proof (st01_step s o H K) as L. pose proof (step_used s o) as U. unfold law in L.
      destruct (step s o) as [s' a]. destruct L as (L1 & L2 & L3 & _). cbn [fst snd] in *.
      destruct (IH s' L1 L2) as (k & ks & N & Q). rewrite app_assoc, L3, <- app_assoc, Q.
      assert (OFF : offers (o, a) = match o with OWrite es => match what a with Trap => [] | _ => [es] end | _ => [] end).
      { destruct o, a as [[| | r0 n0 |] gv us]; reflexivity. }
      rewrite OFF. destruct U as [(T & -> & _ & ->) | (T & U)].
      + exists k, ks. rewrite T. destruct o; auto.
      + assert (W1 : match o with OWrite es => match what a with Trap => [] | _ => [es] end | _ => [] end =
                     match o with OWrite es => [es] | _ => [] end) by (destruct o, (what a); auto; congruence).
        rewrite W1. destruct U as [[-> U] | (m & -> & U)]; rewrite U.
        * destruct o; cbn [offered app]; try (exists k, ks; auto; fail).
          exists 0, (k :: ks). split; [simpl; auto | reflexivity].
        * rewrite firstn_nil. destruct o; cbn [offered app]; try (exists m, ks; auto; fail).
          exists 0, (m :: ks). split; [simpl; auto | reflexivity]. }
  destruct (G t init (proj1 init_ok) (proj2 init_ok)) as (k & ks & N & Q). exists ks. split; auto.
  simpl in Q. rewrite firstn_nil in Q. exact Q.
Qed.

(* ST07, what the signal is worth: who was told by a zero-length copy that the other side waits finds, at its next copy,
   elements or room. *)
Theorem st07_zero_write_signals s : gone (wr s) = false -> state (wr s) = IDLE -> dropped s = false -> pending s = Some R ->
  0 < remain (rd s) -> what (snd (step s (OWrite []))) = Done COMPLETED 0 /\ pending (fst (step s (OWrite []))) = Some R /\
  rd (fst (step s (OWrite []))) = rd s.
Proof.
  intros G S D P L. cbn [step]. rewrite G, S. unfold meet. simpl. rewrite D, P. apply Nat.ltb_lt in L. rewrite L.
  unfold finish, take_event. simpl. auto.
Qed.

Theorem st07_who_reads_then_gets_elements t n : let s := final step init t in gone (rd s) = false -> state (rd s) = IDLE ->
  dropped s = false -> pending s = Some W -> 0 < remain (wr s) -> given (snd (step s (ORead (S n)))) <> [].
Proof.
  intros s G S D P L. destruct (reached t) as [(_ & _ & K) _]. fold s in K. cbn [step]. rewrite G, S. unfold meet. simpl.
  rewrite D, P. pose proof L as M. apply Nat.ltb_lt in M. rewrite M. unfold transfer, finish, take_event. simpl.
  unfold remain in *. simpl. intro E. apply (f_equal (@length nat)) in E.
  rewrite firstn_length, skipn_length in E. destruct (len (wr s) - progress (wr s)) eqn:Q; [lia|].
  destruct (length (src s) - progress (wr s)) eqn:V; [lia | discriminate].
Qed.

Theorem st07_who_writes_then_passes_elements t e es : let s := final step init t in gone (wr s) = false -> state (wr s) = IDLE ->
  dropped s = false -> pending s = Some R -> 0 < remain (rd s) -> given (snd (step s (OWrite (e :: es)))) <> [].
Proof.
  intros s G S D P L. cbn [step]. rewrite G, S. unfold meet. simpl. rewrite D, P. pose proof L as M. apply Nat.ltb_lt in M.
  rewrite M. unfold transfer, finish, take_event, remain in *. simpl. destruct (len (rd s) - progress (rd s)); [lia | discriminate].
Qed.
